package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/harness/probe"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/reports"
	"github.com/isocheck/isocheck/workloads/probes"
)

// playProbes plays the probes at the levels, and puts what came of them into the report.
func (m *measurement) playProbes(list []probes.Probe, levels []history.Level) error {
	params := map[string]string{}
	m.plan.expect.remember(params)
	played, total := 0, len(list)*len(levels)
	results, err := probe.Run(m.stops.soft, probe.Config{
		Database: m.database,
		Header:   history.Header{Isocheck: isocheckVersion(), Run: m.id, Params: maps.Clone(params)},
		Probes:   list,
		Levels:   levels,
		Options:  func(h *history.Header) (checker.Options, error) { return m.plan.expect.options(h) },
		Played: func(r *probe.Result) {
			played++
			m.show.live(fmt.Sprintf("[%d/%d] probe %s at %s", played, total, r.Probe.Name, r.Level))
		},
	})
	m.show.clear()
	if err != nil {
		return m.orStopped(err)
	}
	for i := range list {
		if !list[i].ExistsOn(m.info.Product) {
			m.report.Probes = append(m.report.Probes, missingProbes(&list[i], m.info, levels)...)
		}
		for ; len(results) > 0 && results[0].Probe.Name == list[i].Name; results = results[1:] {
			if err := m.keepProbe(results[0]); err != nil {
				return err
			}
		}
	}
	return nil
}

// keepProbe puts a result into the report, and its history into the run's folder.
func (m *measurement) keepProbe(r *probe.Result) error {
	shown := reportProbe(r)
	shown.History = filepath.ToSlash(probeFile(r.Probe.Name, r.Level))
	m.report.Probes = append(m.report.Probes, shown)
	return m.keepHistory(r.History, probeFile(r.Probe.Name, r.Level))
}

// missingProbes are the results of a probe that does not exist on the server.
func missingProbes(p *probes.Probe, server databases.Server, levels []history.Level) []reports.Probe {
	var all []reports.Probe
	for _, l := range levels {
		shown := reports.Probe{
			Name: p.Name, Title: p.Title, Class: p.Class, About: p.About, Source: p.Source,
			Server: server.Name + " " + server.Version, Level: l, State: reports.ProbeMissing, How: "missing",
		}
		for _, s := range p.Steps {
			shown.Steps = append(shown.Steps, reports.ProbeStep{Session: s.Session, Statement: s.Text, Answer: "–", Skipped: true})
		}
		all = append(all, shown)
	}
	return all
}

// probesFirst begins a run: it plays isocheck's probes at the plan's levels. Where
// the server does not let its user see who waits for whom, they are left out, and the report says so.
func (m *measurement) probesFirst() error {
	if err := removeOldProbes(m.folder); err != nil || !m.plan.probes {
		return err
	}
	list, err := probes.All()
	if err != nil {
		return err
	}
	if !m.show.isLive() {
		m.show.say("%s at %s: started", numbered(len(list), "probe"), joined(texts(m.plan.levels)))
	}
	err = m.playProbes(list, m.plan.levels)
	var refused *probe.RefusedError
	if errors.As(err, &refused) {
		m.report.ProbesLeftOut = m.app.conceal(refused.Error())
		m.show.line("Probes are left out: %v", refused)
		return nil
	}
	return err
}

// keepHistory writes a probe's history into the run's folder.
func (m *measurement) keepHistory(h *history.History, name string) error {
	path := m.folder.file(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("making the folder for the probes' histories: %w", err)
	}
	w, err := history.Create(path, h.Header, func(from int) []string { return h.Statements[min(from, len(h.Statements)):] })
	if err != nil {
		return err
	}
	recorder := w.Recorder()
	for i := range h.Txns {
		recorder.Record(&h.Txns[i])
	}
	return w.Close()
}

// reportProbe returns a result as reports show it.
func reportProbe(r *probe.Result) reports.Probe {
	p := reports.Probe{
		Name: r.Probe.Name, Title: r.Probe.Title, Class: r.Probe.Class, About: r.Probe.About, Source: r.Probe.Source,
		Server: reports.ServerName(&r.History.Header), Level: r.Level,
		State: reports.ProbeState(r.Answer.State), How: r.Answer.How, Anomaly: r.Answer.Anomaly,
		Codes: r.Answer.Codes, Blocked: r.Answer.Blocked,
		Found: reports.ProbesFound(r.Findings), Expected: r.Findings.Expected.Model,
	}
	for i := range r.Steps {
		s := &r.Steps[i]
		step := reports.ProbeStep{Session: s.Session, Statement: s.Text, Answer: s.Said(r.Probe.Tables), Skipped: s.Skipped, Blocked: s.Blocked}
		if s.Error != nil {
			step.Code, step.Error = s.Error.Code, s.Error.Message
		}
		p.Steps = append(p.Steps, step)
	}
	return p
}

func statusOfProbes(list []reports.Probe) status {
	for _, p := range list {
		if p.State == reports.ProbeViolation {
			return violated
		}
	}
	return asExpected
}
