package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// What a run on a real server writes, with all workloads and the probes, keeps its
// schema, and has no field that the schema does not name. So does a comparison.
func TestOutputKeepsTheSchema(t *testing.T) {
	for _, database := range []string{postgreSQL, mySQL} {
		t.Run(database, func(t *testing.T) {
			s := requireServer(t, database)
			dir := t.TempDir()
			runs, both := filepath.Join(dir, "runs"), filepath.Join(dir, "both")
			quick := []string{"--dsn", s.DSN, "--level", "read-committed", "--duration", "200ms", "--clients", "4", "--out", runs, "--quiet"}
			for _, args := range [][]string{quick, {"compare", runs, runs, "--out", both, "--quiet"}} {
				var out bytes.Buffer
				if status := run(t.Context(), args, strings.NewReader(""), &out, &out, nil); status > int(inconclusive) {
					t.Fatalf("isocheck %s: exit status %d\n%s", strings.Join(args, " "), status, out.String())
				}
			}
			keepsSchema(t, filepath.Join(runs, findingsFile), "findings.schema.json")
			keepsSchema(t, filepath.Join(both, compareData), "compare.schema.json")
		})
	}
}

func keepsSchema(t *testing.T, file, schema string) {
	t.Helper()
	document := func(path string) any {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		return doc
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	strict := document(filepath.Join("..", "..", "reports", "schema", schema))
	seal(strict)
	if err := c.AddResource(schema, strict); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(schema)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(document(file)); err != nil {
		t.Errorf("%s: %v", filepath.Base(file), err)
	}
}

// seal makes every object of a schema take only the properties that it names.
func seal(schema any) {
	switch s := schema.(type) {
	case map[string]any:
		if _, named := s["properties"].(map[string]any); named && s["type"] == "object" {
			s["additionalProperties"] = false
		}
		for _, v := range s {
			seal(v)
		}
	case []any:
		for _, v := range s {
			seal(v)
		}
	}
}
