// Package formatstest has what the tests of the formats have in common.
package formatstest

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/history"
)

// Drain reads a history to its end, and fails the test if a transaction is none that
// the history can have. It returns what it read, and what went wrong, as text.
func Drain(tb testing.TB, s history.Stream, err error) string {
	tb.Helper()
	if err != nil {
		return "error: " + err.Error()
	}
	var b strings.Builder
	if err := s.Header().Validate(); err != nil {
		tb.Errorf("the header: %v", err)
	}
	var t history.Transaction
	for {
		switch err := s.Next(&t); {
		case errors.Is(err, io.EOF):
			return b.String()
		case err != nil:
			return b.String() + "error: " + err.Error()
		}
		if err := t.Validate(s.Header()); err != nil {
			tb.Errorf("%v", err)
		}
		fmt.Fprintf(&b, "%+v\n", t)
	}
}
