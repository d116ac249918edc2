package reports

import (
	"encoding/json"
	"fmt"
	"io"
)

// ReadJSON reads back what JSON wrote: findings.json. What is lost is when each
// anomaly happened, which is for plots. It refuses a format that it does not know.
func ReadJSON(r io.Reader) (*Report, error) {
	var head struct {
		Format int `json:"format"`
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("reading findings: %w", err)
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("reading findings: %w", err)
	}
	if head.Format != Format {
		return nil, fmt.Errorf("reading findings: they are of format %d, and this isocheck reads format %d", head.Format, Format)
	}
	var d Document
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("reading findings: %w", err)
	}
	report := &Report{Title: d.Title, Command: d.Command, Started: d.Started, Took: d.Took, Isocheck: d.Isocheck, Errors: d.Errors, Probes: d.Probes, ProbesLeftOut: d.ProbesLeftOut}
	for _, run := range d.Runs {
		report.Runs = append(report.Runs, Run{Findings: run.Findings, Summary: run.Summary, Events: run.Events, History: run.History, Files: run.Files})
	}
	return report, nil
}
