package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/isocheck/isocheck/reports"
)

// The forms of a report that --report knows.
const (
	htmlForm     = "html"
	jsonForm     = "json"
	junitForm    = "junit"
	markdownForm = "markdown"
	gitHubForm   = "github"
)

func knownForms() []string {
	return []string{htmlForm, jsonForm, junitForm, markdownForm, gitHubForm}
}

// output is a form of the report, and the file that it goes to.
type output struct {
	form string
	// path is the file, "" for the form's own name in the folder of the results.
	path string
}

// outputs are what --report asks for, besides report.html and findings.json in the folder of the results.
type outputs struct {
	files []output
	// gitHub: annotations, and the summary of the job.
	gitHub bool
}

// registerReport makes the flag --report.
func registerReport(set *pflag.FlagSet, to *[]string) {
	set.StringSliceVar(to, "report", nil, "`FORM[=FILE]` of report to write besides, several with commas: "+joined(knownForms())+
		"; github is on by itself under GitHub Actions, github=off turns it off")
}

// parseOutputs understands --report. inFolder says that there is a folder for the files that are not named.
func (a *app) parseOutputs(values []string, inFolder bool) (outputs, error) {
	o := outputs{gitHub: a.getenv("GITHUB_ACTIONS") == "true"}
	for _, value := range values {
		form, path, named := strings.Cut(strings.TrimSpace(value), "=")
		switch {
		case !contains(knownForms(), form):
			return o, unknown("form", form, knownForms())
		case form == gitHubForm && (path == "" || path == "on"):
			o.gitHub = true
		case form == gitHubForm && path == "off":
			o.gitHub = false
		case form == gitHubForm:
			return o, usagef("--report github=%s: it goes to no file; write github, or github=off", path)
		case named && path == "":
			return o, usagef("--report %s=: which file?", form)
		case !named && !inFolder:
			return o, usagef("--report %s: which file? Write %s=FILE, or --out DIR", form, form)
		default:
			o.files = append(o.files, output{form, path})
		}
	}
	return o, o.prepare()
}

// prepare makes the folders that the files go to, so that a wrong name is found before anything is started.
func (o *outputs) prepare() error {
	for _, f := range o.files {
		if f.path == "" {
			continue
		}
		if f.path == standardStream {
			return usagef("--report %s=-: it goes to no stream; name a file (./- if it is to be called that)", f.form)
		}
		if info, err := os.Stat(f.path); err == nil && info.IsDir() {
			return usagef("--report %s=%s: that is a folder; name a file", f.form, f.path)
		}
		if err := os.MkdirAll(filepath.Dir(f.path), 0o755); err != nil {
			return fmt.Errorf("making the folder for --report %s=%s: %w", f.form, f.path, err)
		}
	}
	return nil
}

// writer writes one form of a report.
type writer func(io.Writer) error

// document is anything that has the forms of a report.
type document struct {
	forms map[string]writer
	// apart are those that are another in a file that was named than among the results.
	apart map[string]writer
	// names are those of the forms' files in the folder of the results.
	names map[string]string
	// annotations are the lines that GitHub Actions shows beside the run.
	annotations writer
}

// documentOf returns the forms of a report.
func documentOf(r *reports.Report) document {
	return document{
		forms: map[string]writer{
			htmlForm:     func(w io.Writer) error { return reports.HTML(w, reports.Excerpt(r)) },
			jsonForm:     func(w io.Writer) error { return reports.JSON(w, r) },
			junitForm:    func(w io.Writer) error { return reports.JUnit(w, r) },
			markdownForm: func(w io.Writer) error { return reports.Markdown(w, r) },
		},
		apart:       map[string]writer{htmlForm: func(w io.Writer) error { return reports.HTML(w, reports.Alone(reports.Excerpt(r))) }},
		names:       map[string]string{htmlForm: reportFile, jsonForm: findingsFile, junitForm: junitFile, markdownForm: summaryFile},
		annotations: func(w io.Writer) error { return reports.GitHub(w, r) },
	}
}

// writeOutputs writes what was asked for. One that cannot be written does not keep the others back.
func (a *app) writeOutputs(d document, out *folder) error {
	var errs []error
	for _, f := range a.outputs.files {
		switch {
		case f.path != "" && d.apart[f.form] != nil:
			errs = append(errs, writeTo(f.path, a.concealed(d.apart[f.form])))
		case f.path != "":
			errs = append(errs, writeTo(f.path, a.concealed(d.forms[f.form])))
		case out != nil:
			errs = append(errs, out.write(d.names[f.form], 0o644, a.concealed(d.forms[f.form])))
		}
	}
	if a.outputs.gitHub {
		errs = append(errs, a.writeGitHub(d))
	}
	return errors.Join(errs...)
}

// writeTo writes a file whole or not at all, and a link's target in place of the link. What is no regular file,
// such as /dev/stdout, is written as it is.
func writeTo(path string, content writer) error {
	if info, err := os.Stat(path); err == nil {
		target, err := filepath.EvalSymlinks(path)
		if err != nil || !info.Mode().IsRegular() {
			return writeInto(path, content)
		}
		path = target
	}
	dir := &folder{path: filepath.Dir(path)}
	return dir.write(filepath.Base(path), 0o644, content)
}

func writeInto(path string, content writer) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("writing a report: %w", err)
	}
	if err := errors.Join(content(file), file.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// concealed writes what another writes, without the passwords that this invocation was given.
func (a *app) concealed(write writer) writer {
	return func(w io.Writer) error {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			return err
		}
		_, err := io.WriteString(w, a.conceal(b.String()))
		return err
	}
}

// writeGitHub prints the annotations, and adds to the summary of the job, where there is one.
func (a *app) writeGitHub(d document) error {
	if err := a.concealed(d.annotations)(a.stdout); err != nil {
		return err
	}
	path := a.getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return nil
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("writing the summary of the job: %w", err)
	}
	err = a.concealed(d.forms[markdownForm])(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("writing the summary of the job: %w", err)
	}
	return nil
}
