package formats

import (
	"errors"
	"io"
	"strings"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats/jepsen"
)

// unsaid is something that a history can say and not every format: what a checker finds by it alone goes unfound in
// what was written. Nothing false follows from what is written; where it would, writing fails (ErrContent).
type unsaid struct {
	what  string // that the format does not say
	finds string // the anomalies that are found by it
	in    func(*gist) bool
}

// unsaids are what only isocheck's own format says, besides what the writers tell of times, predicates and outcomes.
func unsaids() []unsaid {
	return []unsaid{
		{
			what: "which version each write replaced", finds: "dirty writes, dirty updates, incompatible versions",
			in: func(g *gist) bool { return g.traced && g.writes && !g.asLists },
		},
		{
			what: "which version each append replaced, unless a read returned both", finds: "dirty writes, dirty updates, incompatible versions",
			in: func(g *gist) bool { return g.traced && g.writes && g.asLists },
		},
		{
			what: "which reads locked their rows", finds: "cursor lost updates",
			in: func(g *gist) bool { return g.locks },
		},
		{
			what: "when each operation ran", finds: "future reads",
			in: func(g *gist) bool { return g.opTimes },
		},
		{
			what: "when the server was killed, or which reads are of the final state", finds: "lost commits, non-durable reads",
			in: func(g *gist) bool { return g.kills || g.traced && g.run },
		},
		{
			what: "what the workload must keep", finds: "broken invariants",
			in: func(g *gist) bool { return g.invariants },
		},
	}
}

// gist is what a history holds of that.
type gist struct {
	traced, run, invariants, asLists bool
	writes, locks, opTimes, kills    bool
}

// notes names what a format does not say that the history does.
func (g *gist) notes() []string {
	var parts []string
	for _, u := range unsaids() {
		if u.in(g) {
			parts = append(parts, u.what+" ("+u.finds+")")
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{"the format does not say " + strings.Join(parts, ", ") + ": such anomalies may go unfound in what was written"}
}

// watched is a source of which the gist is taken while it is read.
type watched struct {
	history.Source
	gist   *gist
	format Format
	as     jepsen.As
}

// Open implements history.Source.
func (w watched) Open() (history.Stream, error) {
	s, err := w.Source.Open()
	if err != nil {
		return nil, err
	}
	h := s.Header()
	w.gist.traced = h.Traces == history.TracedRows
	w.gist.run, w.gist.invariants = h.Run != "", len(h.Invariants) > 0
	w.gist.asLists = (w.format == JepsenEDN || w.format == JepsenJSON) && jepsen.AsLists(h, w.as)
	return &watchedStream{Stream: s, gist: w.gist}, nil
}

type watchedStream struct {
	history.Stream
	gist *gist
}

// Next implements history.Stream.
func (s *watchedStream) Next(t *history.Transaction) error {
	err := s.Stream.Next(t)
	switch {
	case errors.Is(err, io.EOF):
		for _, e := range s.Events() {
			s.gist.kills = s.gist.kills || e.Kind == history.EventKilled
		}
	case err == nil:
		for i := range t.Ops {
			s.gist.take(&t.Ops[i])
		}
	}
	return err
}

func (g *gist) take(op *history.Op) {
	g.writes = g.writes || op.Kind.Writes()
	g.locks = g.locks || op.Lock != history.NoLock
	g.opTimes = g.opTimes || op.Start != 0 || op.End != 0
}
