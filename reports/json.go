package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// Format is the version of findings.json. It grows when a field changes its
// meaning or goes away; new fields may come at any time.
const Format = 1

// Document is findings.json. README.md beside this file describes every field.
type Document struct {
	Format   int       `json:"format"`
	Isocheck string    `json:"isocheck"`
	Title    string    `json:"title"`
	Command  string    `json:"command"`
	Started  time.Time `json:"started,omitzero"`
	// Took is in nanoseconds.
	Took     time.Duration   `json:"took"`
	Verdict  checker.Verdict `json:"verdict"`
	Sentence string          `json:"sentence"`
	// Remarks are sentences on how the runs were recorded that say what can be read out of them.
	Remarks []string      `json:"remarks,omitempty"`
	Errors  []string      `json:"errors"`
	Runs    []DocumentRun `json:"runs"`
	// Probes are the fixed interleavings that were played; ProbesLeftOut says why none were.
	Probes        []Probe `json:"probes,omitempty"`
	ProbesLeftOut string  `json:"probesLeftOut,omitempty"`
}

// DocumentRun is one run in findings.json.
type DocumentRun struct {
	Sentence string `json:"sentence"`
	// History is what the history is called, Files are its files, relative to findings.json.
	History string          `json:"history"`
	Files   []string        `json:"files,omitempty"`
	Summary history.Summary `json:"summary"`
	Events  []history.Event `json:"events"`
	// States says of each anomaly by its id what became of it: "not
	// exercised", "not seen", "observed" or "violation".
	States map[checker.AnomalyID]State `json:"states"`
	// Findings is null where the history could not be checked.
	Findings *checker.Findings `json:"findings"`
}

// JSON writes findings.json.
func JSON(w io.Writer, r *Report) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(newDocument(r)); err != nil {
		return fmt.Errorf("writing the findings as JSON: %w", err)
	}
	return nil
}

func newDocument(r *Report) *Document {
	d := &Document{
		Format: Format, Isocheck: r.Isocheck, Title: r.title(), Command: r.Command, Started: r.Started, Took: r.Took,
		Verdict: reportVerdict(r), Sentence: reportSentence(r), Remarks: remarks(r.checked()), Errors: append([]string{}, r.Errors...), Runs: []DocumentRun{}, Probes: r.Probes, ProbesLeftOut: r.ProbesLeftOut,
	}
	for _, run := range r.Runs {
		own := DocumentRun{
			History: run.History, Files: run.Files, Summary: run.Summary, Events: append([]history.Event{}, run.Events...),
			States: map[checker.AnomalyID]State{}, Findings: run.Findings,
		}
		if run.Findings != nil {
			own.Sentence = verdictSentence(run.Findings)
			for _, a := range run.Findings.Anomalies {
				own.States[a.ID] = stateOf(a)
			}
		}
		d.Runs = append(d.Runs, own)
	}
	return d
}
