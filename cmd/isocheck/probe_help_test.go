package main

import (
	"os"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/workloads/probes"
)

// The example of isocheck probe --help is a file that --file plays, and that of the README.
func TestProbeSample(t *testing.T) {
	list, err := probes.Parse("sample", []byte(probeSample))
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 || list[0].Text != probeSample {
		t.Errorf("%+v", list)
	}
	for _, id := range list[0].Anomalies {
		if _, err := checker.ParseAnomaly(id); err != nil {
			t.Error(err)
		}
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "```text\n"+probeSample+"```\n") {
		t.Error("the README has another example")
	}
}
