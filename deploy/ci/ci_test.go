// Package ci has no code: it tests the examples for CI systems beside it, and the
// action at the root, which they use.
package ci

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
	"go.yaml.in/yaml/v3"
)

// The workflow is one that GitHub takes, and gives the action only inputs that it
// has: actionlint looks that up in the action itself.
func TestGitHubWorkflow(t *testing.T) {
	text, err := os.ReadFile("github-actions.yml")
	if err != nil {
		t.Fatal(err)
	}
	uses := "uses: isocheck/isocheck@v1"
	if !bytes.Contains(text, []byte(uses)) {
		t.Fatalf("no %s", uses)
	}
	for _, problem := range lint(t, bytes.ReplaceAll(text, []byte(uses), []byte("uses: ./"))) {
		t.Error(problem)
	}
}

// The lint can say no: to an input that the action does not have.
func TestGitHubWorkflowRefuses(t *testing.T) {
	text, err := os.ReadFile("github-actions.yml")
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(text, []byte("uses: isocheck/isocheck@v1"), []byte("uses: ./"))
	text = bytes.Replace(text, []byte("forbid:"), []byte("forbids:"), 1)
	if problems := lint(t, text); len(problems) != 1 || !strings.Contains(problems[0], `"forbids" is not defined in action "isocheck"`) {
		t.Errorf("an input of the wrong name: %q", problems)
	}
}

// lint returns what actionlint says of a workflow of a repository with the action.
func lint(t *testing.T, workflow []byte) []string {
	t.Helper()
	root := t.TempDir()
	action, err := os.ReadFile(filepath.Join("..", "..", "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, ".github", "workflows", "isolation.yml")
	for _, err := range []error{
		os.MkdirAll(filepath.Dir(path), 0o755), os.Mkdir(filepath.Join(root, ".git"), 0o755),
		os.WriteFile(filepath.Join(root, "action.yml"), action, 0o600), os.WriteFile(path, workflow, 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{Shellcheck: "", Pyflakes: ""})
	if err != nil {
		t.Fatal(err)
	}
	found, err := linter.LintFiles([]string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var problems []string
	for _, e := range found {
		problems = append(problems, e.Error())
	}
	return problems
}

// action is what of an action the test looks at.
type action struct {
	Name, Description string
	Inputs            map[string]struct {
		Description string
		Required    *bool
		Default     *string
	}
	Outputs map[string]struct{ Description, Value string }
	Runs    struct {
		Using string
		Steps []struct {
			Name, ID, If, Uses, Run, Shell string
			Env, With                      map[string]string
		}
	}
}

// The action is a composite one as GitHub documents it, no input is unused, and none
// is part of a script, where its text could become commands.
func TestAction(t *testing.T) {
	file, err := os.Open(filepath.Join("..", "..", "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var a struct {
		action   `yaml:",inline"`
		Author   string
		Branding map[string]string
	}
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	if err := decoder.Decode(&a); err != nil {
		t.Fatal(err)
	}
	if a.Name == "" || a.Description == "" || a.Runs.Using != "composite" || len(a.Runs.Steps) == 0 {
		t.Fatalf("it is no composite action: %+v", a.action)
	}
	var used []string
	for _, step := range a.Runs.Steps {
		if (step.Uses == "") == (step.Run == "") || step.Run != "" && step.Shell == "" {
			t.Errorf("step %q needs either uses, or run with a shell", step.Name)
		}
		if strings.Contains(step.Run, "${{") {
			t.Errorf("step %q has an expression in its script: pass it as a variable", step.Name)
		}
		used = append(used, step.If)
		for _, values := range []map[string]string{step.Env, step.With} {
			for _, v := range values {
				used = append(used, v)
			}
		}
	}
	for name, input := range a.Inputs {
		if input.Description == "" || input.Required == nil || input.Default == nil {
			t.Errorf("input %s has no description, no default, or does not say whether it is required", name)
		}
		if !slices.ContainsFunc(used, func(text string) bool { return strings.Contains(text, "inputs."+name) }) {
			t.Errorf("input %s is not used", name)
		}
	}
	for name, output := range a.Outputs {
		if output.Description == "" || !strings.Contains(output.Value, "${{") {
			t.Errorf("output %s has no description or no value", name)
		}
	}
}

// The job is one as GitLab's reference of keywords describes it.
func TestGitLab(t *testing.T) {
	file, err := os.Open("gitlab-ci.yml")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var jobs map[string]struct {
		Stage, Image string
		Services     []struct{ Name, Alias string }
		Variables    map[string]string
		Script       []string
		AllowFailure struct {
			ExitCodes []int `yaml:"exit_codes"`
		} `yaml:"allow_failure"`
		Artifacts struct {
			When     string
			ExpireIn string `yaml:"expire_in"`
			Paths    []string
			Exclude  []string
			Reports  map[string]string
		}
	}
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	if err := decoder.Decode(&jobs); err != nil {
		t.Fatal(err)
	}
	job, ok := jobs["isolation"]
	if !ok || len(jobs) != 1 || len(job.Script) == 0 || job.Image == "" {
		t.Fatalf("the jobs are %+v", jobs)
	}
	out := job.Variables["ISOCHECK_OUT"]
	if job.Artifacts.When != "always" || job.Artifacts.Reports["junit"] != out+"/junit.xml" || !slices.Equal(job.Artifacts.Paths, []string{out}) {
		t.Errorf("the artifacts, %+v, are not what isocheck writes to %s", job.Artifacts, out)
	}
	if !strings.Contains(job.Variables["ISOCHECK_DSN"], "@"+job.Services[0].Alias+":") {
		t.Error("the DSN does not lead to the service")
	}
}
