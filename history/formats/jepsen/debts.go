package jepsen

import "github.com/isocheck/isocheck/history"

// WithDebts returns the history of a bank whose accounts may be overdrawn: its test has :negative-balances?, which
// the file does not tell. It is not ok where the source is not one of EDN or JSON with a bank's history.
func WithDebts(src history.Source) (indebted history.Source, ok bool, err error) {
	s, ok := src.(*source)
	if !ok {
		return src, false, nil
	}
	f, err := s.gather()
	if err != nil || f.workload != bank {
		return src, false, err
	}
	return &source{path: s.path, as: s.as, debts: true, facts: f}, true, nil
}
