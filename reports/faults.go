package reports

import (
	"cmp"
	"slices"
	"strings"

	"github.com/isocheck/isocheck/history"
)

// span is a stretch of a run in which something was wrong: the plots shade it.
type span struct {
	Name     string
	From, To float64 // seconds since the start of the run
}

// reconnected is the kind of the event that says that a client goes on: no fault.
const reconnected = "reconnected"

// over ends the kind of an event that says that what an earlier one began is
// over: "pause" and "pause-over".
const over = "-over"

// faults takes a run's events apart: stretches in which something was wrong,
// and moments, with no length. The loss of the server, and what Jepsen's nemeses start and do not stop, lasts to the end.
func faults(events []history.Event, seconds float64) (spans, moments []span) {
	used := map[int]bool{} // as the end of a stretch, or while it lasts
	for i, e := range events {
		if used[i] || e.Kind == reconnected {
			continue
		}
		s := span{Name: e.Kind, From: inSeconds(e.At), To: seconds}
		lasts := e.Kind == history.EventServerLost || e.Kind == "start" || strings.HasPrefix(e.Kind, "start-")
		for n := i + 1; n < len(events); n++ {
			if events[n].Kind == endKind(e.Kind) {
				s.To, lasts, used[n] = inSeconds(events[n].At), true, true
				break
			}
		}
		if !lasts {
			s.To = s.From
			moments = append(moments, s)
			continue
		}
		for n := i + 1; n < len(events) && inSeconds(events[n].At) <= s.To; n++ {
			used[n] = used[n] || events[n].Kind == e.Kind // the same said again
		}
		spans = append(spans, s)
	}
	return joined(spans, seconds/mostMarks), thinned(moments, seconds/mostMarks)
}

// mostMarks is how many stretches, and how many moments, a plot has room to tell apart.
const mostMarks = 80

// joined makes one stretch of those between which less than a gap lies.
func joined(spans []span, gap float64) []span {
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Compare(a.From, b.From) })
	var all []span
	for _, s := range spans {
		if n := len(all); n > 0 && s.From < all[n-1].To+gap && all[n-1].Name == s.Name {
			all[n-1].To = max(all[n-1].To, s.To)
			continue
		}
		all = append(all, s)
	}
	return all
}

// thinned leaves out moments that are closer to the one before than a gap: one fault
// is followed at once by what the clients tell of it.
func thinned(moments []span, gap float64) []span {
	slices.SortStableFunc(moments, func(a, b span) int { return cmp.Compare(a.From, b.From) })
	var all []span
	for _, s := range moments {
		if n := len(all); n == 0 || s.From >= all[n-1].From+gap {
			all = append(all, s)
		}
	}
	return all
}

// faultNames names what a chart shades, or marks.
func faultNames(spans []span) string {
	var names []string
	for _, s := range spans {
		names = appendNew(names, eventName(strings.TrimPrefix(s.Name, "start-")))
	}
	return list(names)
}

// eventName is the kind of an event as people say it.
func eventName(kind string) string { return strings.ReplaceAll(kind, "-", " ") }

// endKind is the kind of the event that ends what one of this kind begins.
func endKind(kind string) string {
	if rest, ok := strings.CutPrefix(kind, "start"); ok {
		return "stop" + rest
	}
	return kind + over
}
