// Package kubernetes holds the manifests with which Kubernetes runs isocheck on several machines.
package kubernetes

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// manifests is what isocheck.yaml says, in Kubernetes' own types.
type manifests struct {
	secret core.Secret
	claim  core.PersistentVolumeClaim
	run    batch.Job
	check  batch.Job
}

// read reads isocheck.yaml. A field that Kubernetes does not know is an error.
func read(t *testing.T) *manifests {
	t.Helper()
	text, err := os.ReadFile("isocheck.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m := &manifests{}
	into := []any{&m.secret, &m.claim, &m.run, &m.check}
	parts := strings.Split(string(text), "\n---\n")
	if len(parts) != len(into) {
		t.Fatalf("there are %d documents, not %d", len(parts), len(into))
	}
	for i, part := range parts {
		if err := yaml.UnmarshalStrict([]byte(part), into[i]); err != nil {
			t.Errorf("document %d: %v", i+1, err)
		}
	}
	return m
}

func TestKinds(t *testing.T) {
	m := read(t)
	for _, d := range []struct{ got, want string }{
		{m.secret.APIVersion + " " + m.secret.Kind, "v1 Secret"},
		{m.claim.APIVersion + " " + m.claim.Kind, "v1 PersistentVolumeClaim"},
		{m.run.APIVersion + " " + m.run.Kind, "batch/v1 Job"},
		{m.check.APIVersion + " " + m.check.Kind, "batch/v1 Job"},
	} {
		if d.got != d.want {
			t.Errorf("a document is %s, not %s", d.got, d.want)
		}
	}
}

// Every shard runs once, at the same time as the others, and knows how many there are.
func TestShards(t *testing.T) {
	job := read(t).run.Spec
	if job.CompletionMode == nil || *job.CompletionMode != batch.IndexedCompletion {
		t.Error("the job has no index")
	}
	if *job.Completions != *job.Parallelism || *job.BackoffLimit != 0 || job.Template.Spec.RestartPolicy != core.RestartPolicyNever {
		t.Errorf("not every shard runs once, and together: %d of %d at a time, %d times again", *job.Parallelism, *job.Completions, *job.BackoffLimit)
	}
	c := job.Template.Spec.Containers[0]
	if want := fmt.Sprintf("--shard=$(JOB_COMPLETION_INDEX)/%d", *job.Completions); !slices.Contains(c.Args, want) {
		t.Errorf("the arguments %q lack %s", c.Args, want)
	}
	if !slices.ContainsFunc(c.Env, func(e core.EnvVar) bool { return e.Name == "JOB_COMPLETION_INDEX" }) {
		t.Error("an argument needs JOB_COMPLETION_INDEX, which the container does not have")
	}
}

// What the second job checks is what each shard of the first writes.
func TestChecksWhatIsRecorded(t *testing.T) {
	m := read(t)
	out := ""
	for _, arg := range m.run.Spec.Template.Spec.Containers[0].Args {
		if rest, ok := strings.CutPrefix(arg, "--out="); ok {
			out = rest
		}
	}
	want := []string{"check"}
	for i := range *m.run.Spec.Completions {
		want = append(want, strings.ReplaceAll(out, "$(JOB_COMPLETION_INDEX)", fmt.Sprint(i)))
	}
	args := m.check.Spec.Template.Spec.Containers[0].Args
	if len(args) < len(want) || !slices.Equal(args[:len(want)], want) {
		t.Errorf("the check is %q, not %q", args, want)
	}
	if m.check.Labels["check"] == "" {
		t.Error("README.md tells the jobs apart by a label that is not there")
	}
}

// Everything that a pod mounts or reads is there, and no password is among the arguments.
func TestReferences(t *testing.T) {
	m := read(t)
	for _, job := range []batch.Job{m.run, m.check} {
		pod := job.Spec.Template.Spec
		volumes := map[string]bool{}
		for _, v := range pod.Volumes {
			volumes[v.Name] = true
			if p := v.PersistentVolumeClaim; p != nil && p.ClaimName != m.claim.Name {
				t.Errorf("%s: there is no claim %s", job.Name, p.ClaimName)
			}
		}
		for _, mount := range pod.Containers[0].VolumeMounts {
			if !volumes[mount.Name] {
				t.Errorf("%s: there is no volume %s", job.Name, mount.Name)
			}
		}
		for _, e := range pod.Containers[0].Env {
			if e.ValueFrom == nil || e.ValueFrom.SecretKeyRef == nil {
				continue
			}
			ref := e.ValueFrom.SecretKeyRef
			if _, ok := m.secret.StringData[ref.Key]; ref.Name != m.secret.Name || !ok {
				t.Errorf("%s: there is no %s in secret %s", job.Name, ref.Key, ref.Name)
			}
		}
		if strings.Contains(strings.Join(pod.Containers[0].Args, " "), "--dsn") {
			t.Errorf("%s: a DSN stands among the arguments, where everybody can read it", job.Name)
		}
	}
}
