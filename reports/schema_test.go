package reports

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// compileSchema returns a schema of this folder. A strict one knows no field that
// it does not name, so that a new field cannot come without being described.
func compileSchema(t *testing.T, name string, strict bool) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("schema", name))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if strict {
		seal(doc)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// seal makes every object of a schema take only the properties that it names.
func seal(schema any) {
	switch s := schema.(type) {
	case map[string]any:
		if properties, ok := s["properties"].(map[string]any); ok {
			if _, open := s["additionalProperties"]; !open && s["type"] == "object" {
				s["additionalProperties"] = false
			}
			for _, p := range properties {
				seal(p)
			}
		}
		for key, v := range s {
			if key != "properties" {
				seal(v)
			}
		}
	case []any:
		for _, v := range s {
			seal(v)
		}
	}
}

// validate wants that what is written keeps the schema.
func validate(t *testing.T, s *jsonschema.Schema, write func(io.Writer) error) {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(&out)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(doc); err != nil {
		t.Error(err)
	}
}

func TestFindingsKeepTheSchema(t *testing.T) {
	s := compileSchema(t, "findings.schema.json", true)
	for name, r := range reportCases() {
		t.Run(name, func(t *testing.T) {
			validate(t, s, func(w io.Writer) error { return JSON(w, r) })
		})
	}
}

// The schema can say no: to another format, an unknown state, a lack of runs.
func TestFindingsSchemaRefuses(t *testing.T) {
	s := compileSchema(t, "findings.schema.json", false)
	for name, spoil := range map[string]func(doc map[string]any){
		"another format":   func(doc map[string]any) { doc["format"] = 2 },
		"no runs":          func(doc map[string]any) { delete(doc, "runs") },
		"unknown verdict":  func(doc map[string]any) { doc["verdict"] = "fine" },
		"unknown state":    func(doc map[string]any) { firstRun(doc)["states"] = map[string]any{"lost-update": "maybe"} },
		"negative count":   func(doc map[string]any) { firstRun(doc)["summary"].(map[string]any)["committed"] = -1 },
		"findings as text": func(doc map[string]any) { firstRun(doc)["findings"] = "none" },
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := JSON(&out, reportCases()["violated"]); err != nil {
				t.Fatal(err)
			}
			var doc map[string]any
			if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(doc); err != nil {
				t.Fatalf("before: %v", err)
			}
			spoil(doc)
			if s.Validate(doc) == nil {
				t.Error("the schema takes it")
			}
		})
	}
}

func firstRun(doc map[string]any) map[string]any { return doc["runs"].([]any)[0].(map[string]any) }
