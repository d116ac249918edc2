package reports

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/isocheck/isocheck/checker"
)

func TestJSONGolden(t *testing.T) {
	for _, name := range []string{"skew", "failed"} {
		t.Run(name, func(t *testing.T) {
			golden(t, "json/"+name+".json", func(w io.Writer) error { return JSON(w, reportCases()[name]) })
		})
	}
}

// What is written can be read back: nothing is lost but the times for plots.
func TestJSONReadsBack(t *testing.T) {
	for name, r := range reportCases() {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := JSON(&out, r); err != nil {
				t.Fatal(err)
			}
			var got Document
			decoder := json.NewDecoder(&out)
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(newDocument(r), &got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(checker.Anomaly{}, "Times")); diff != "" {
				t.Errorf("written - read +:\n%s", diff)
			}
		})
	}
}

func TestJSONSaysItsFormat(t *testing.T) {
	var out bytes.Buffer
	if err := JSON(&out, &Report{}); err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(out.Bytes(), &fields); err != nil {
		t.Fatal(err)
	}
	if fields["format"] != 1.0 || fields["verdict"] != "inconclusive" {
		t.Errorf("the document of an empty report says format %v and verdict %v", fields["format"], fields["verdict"])
	}
	if runs, ok := fields["runs"].([]any); !ok || len(runs) != 0 {
		t.Errorf("runs is %v, not an empty list", fields["runs"])
	}
}
