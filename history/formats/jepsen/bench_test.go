package jepsen

import (
	"io"
	"os"
	"testing"

	"github.com/isocheck/isocheck/history"
)

func TestTiming(t *testing.T) {
	for _, src := range []history.Source{EDN("/tmp/fmt/la.edn")} {
		_ = os.Stdout
		s, err := src.Open()
		if err != nil {
			t.Fatal(err)
		}
		var x history.Transaction
		n := 0
		for {
			err := s.Next(&x)
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		t.Log(n, s.Header().Workload)
	}
}
