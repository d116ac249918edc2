package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/isocheck/isocheck/checker/advice"
	"github.com/isocheck/isocheck/history"
)

// AdviceFormat is the version of advice.json. It grows when a field changes its
// meaning or goes away; new fields may come at any time.
const AdviceFormat = 1

// Advice is what isocheck advise found out about the strategies of some workloads on one server.
type Advice struct {
	Title, Command, Isocheck string
	Started                  time.Time
	Took                     time.Duration
	// Header is that of one of the runs: the server, its settings, the clients.
	Header history.Header
	// Repeats is how often each cell was to be run, each time for Duration, with pauses of at most Pause.
	Repeats         int
	Duration, Pause time.Duration
	Tables          []advice.Table
	// Errors are sentences about what could not be done.
	Errors []string
}

// AdviceDocument is advice.json, and what every form of advice shows.
type AdviceDocument struct {
	Format   int       `json:"format"`
	Isocheck string    `json:"isocheck"`
	Title    string    `json:"title"`
	Command  string    `json:"command"`
	Started  time.Time `json:"started,omitzero"`
	// Took, Duration (of each repeat) and Pause (the longest before a statement) are in nanoseconds.
	Took     time.Duration     `json:"took"`
	Server   string            `json:"server"`
	Settings map[string]string `json:"settings,omitempty"`
	Clients  int               `json:"clients"`
	Seed     uint64            `json:"seed"`
	Repeats  int               `json:"repeats"`
	Duration time.Duration     `json:"duration"`
	Pause    time.Duration     `json:"pause"`
	Errors   []string          `json:"errors"`
	// Workloads are the tables, one for each workload.
	Workloads []AdvisedWorkload `json:"workloads"`
}

// AdvisedWorkload is one workload in advice.json.
type AdvisedWorkload struct {
	advice.Table
	// Sentence says what is recommended, and why; Notes what else one should know.
	Sentence string   `json:"sentence"`
	Notes    []string `json:"notes,omitempty"`
}

// Document puts the advice into words.
func (a *Advice) Document() *AdviceDocument {
	d := &AdviceDocument{
		Format: AdviceFormat, Isocheck: a.Isocheck, Title: a.Title, Command: a.Command, Started: a.Started, Took: a.Took,
		Clients: a.Header.Clients, Seed: a.Header.Seed, Settings: a.Header.Settings,
		Repeats: a.Repeats, Duration: a.Duration, Pause: a.Pause,
		Errors: append([]string{}, a.Errors...), Workloads: []AdvisedWorkload{},
	}
	if a.Header.Database != "" {
		d.Server = serverName(&a.Header)
	}
	for _, t := range a.Tables {
		d.Workloads = append(d.Workloads, AdvisedWorkload{Table: t, Sentence: recommendation(&t), Notes: adviceNotes(&t)})
	}
	return d
}

// JSON writes the advice as advice.json. Its schema is schema/advice.schema.json.
func (d *AdviceDocument) JSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(d); err != nil {
		return fmt.Errorf("writing the advice as JSON: %w", err)
	}
	return nil
}

// how says under which conditions the numbers came about.
func (d *AdviceDocument) how() string {
	text := counted(d.Clients, "client") + ", " + counted(d.Repeats, "repeat") + " of " + duration(int64(d.Duration)) + " each, in turn"
	if d.Pause > 0 {
		text += ", pauses of up to " + duration(int64(d.Pause)) + " before each statement"
	}
	return text
}
