// Package probes has isocheck's probes: fixed interleavings of the statements of
// two or three sessions, each of which provokes one anomaly on purpose, or shows
// what a lock does. A probe is data: a few lines of text that read like the
// tables in a textbook.
//
//	probe lost-update
//	title: Lost update
//	class: P4
//	anomaly: lost-update
//	table: test (value)
//	rows: 1 value=10
//
//	1: read 1
//	2: read 1
//	1: update 1 set value=11
//	2: update 1 set value=12
//	1: commit
//	2: commit
//
// README.md beside this file describes the format. Nothing in a probe says what
// should come of it: what happened is found out from the recorded history, by
// the same checker as for every other run.
//
// Many of the probes are after Hermitage by Martin Kleppmann and its
// contributors (https://github.com/ept/hermitage), which is licensed under CC BY
// 4.0; the files name it as their source where that is so.
package probes

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// Probe is one probe.
type Probe struct {
	// Name is its name in flags, files and tables: lost-update.
	Name string
	// Title is what people read, and Class the formal class of the anomaly that
	// it provokes: P4.
	Title, Class string
	// About says in a sentence or two what is tried, Source where the
	// interleaving comes from.
	About, Source string
	// Anomalies are the ids, as package checker has them, of the anomalies that
	// the probe provokes, the one that matters most first. A probe without any is about locks.
	Anomalies []string
	// Needs are the features without which the probe does not exist on a database.
	Needs []databases.Feature
	// LevelSet is how the sessions get their level; "" is as every other run does.
	LevelSet databases.LevelSet
	Tables   []history.Table
	// Rows are in the tables when the sessions begin.
	Rows  []Row
	Steps []Step
	// Text is the probe as it is written in its file, from its first line to its
	// last step, with its comments. Parse reads it.
	Text string
}

// Row is one row that is there at the start.
type Row struct {
	Table  int // index into Probe.Tables
	Key    int64
	Values []history.Value
}

// Sessions returns how many sessions the probe has. They are numbered from 1.
func (p *Probe) Sessions() int {
	most := 0
	for _, s := range p.Steps {
		most = max(most, s.Session)
	}
	return most
}

// ExistsOn reports whether the product has every feature that the probe needs. Of MariaDB
// nobody learns who waits for an advisory lock, so that probes with such locks cannot be played there.
func (p *Probe) ExistsOn(product string) bool {
	if product == "mariadb" && slices.Contains(p.Needs, databases.AdvisoryLocks) {
		return false
	}
	return !slices.ContainsFunc(p.Needs, func(f databases.Feature) bool { return !databases.Supports(product, f) })
}

// Levels returns the levels that the probe's transactions run at when the probe is played at
// the level: that one, and those that steps name themselves.
func (p *Probe) Levels(at history.Level) []history.Level {
	levels := []history.Level{at}
	for _, s := range p.Steps {
		if l := s.Options.Level; l != "" && !slices.Contains(levels, l) {
			levels = append(levels, l)
		}
	}
	return levels
}

//go:embed *.probe
var files embed.FS

// All returns isocheck's own probes, in the order in which tables show them.
func All() ([]Probe, error) {
	var all []Probe
	names, err := fs.Glob(files, "*.probe")
	if err != nil {
		return nil, err
	}
	for _, name := range names { // sorted: their names begin with numbers
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading a probe: %w", err)
		}
		probes, err := Parse(name, text)
		if err != nil {
			return nil, err
		}
		all = append(all, probes...)
	}
	return all, nil
}
