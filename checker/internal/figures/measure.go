package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// figures are what one history took.
type figures struct {
	Transactions int     `json:"transactions"`
	Megabytes    float64 `json:"megabytes"` // of the file
	Read         float64 `json:"read"`      // seconds of processor time to read it
	Check        float64 `json:"check"`     // and to read and check it
	Wall         float64 `json:"wall"`      // seconds that reading and checking took
	Peak         float64 `json:"-"`         // megabytes of memory
	Anomalies    int     `json:"anomalies"`
}

// measureApart measures a file in a process of its own.
func measureApart(path string, expect checker.Model) (figures, error) {
	self, err := os.Executable()
	if err != nil {
		return figures{}, fmt.Errorf("finding this program: %w", err)
	}
	cmd := exec.Command(self, "-measure", path, "-expect", string(expect))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return figures{}, fmt.Errorf("measuring %s: %w", path, err)
	}
	var f figures
	if err := json.Unmarshal(out, &f); err != nil {
		return figures{}, fmt.Errorf("measuring %s: %w", path, err)
	}
	f.Peak = peakMegabytes(cmd.ProcessState)
	return f, nil
}

// measureHere measures a file in this process, and prints the figures for the process that started it.
func measureHere(path, expect string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f := figures{Megabytes: float64(info.Size()) / 1e6}
	src := history.Files(path)
	began := spentNow()
	if f.Transactions, err = readThrough(src); err != nil {
		return err
	}
	f.Read = began.cpuSince()
	began = spentNow()
	found, err := checker.Check(context.Background(), src, checker.Options{Expect: checker.Model(expect)})
	if err != nil {
		return err
	}
	f.Check, f.Wall = began.cpuSince(), began.wallSince()
	for _, a := range found.Anomalies {
		f.Anomalies += a.Count
	}
	return json.NewEncoder(os.Stdout).Encode(f)
}

// readThrough reads a history and counts its transactions.
func readThrough(src history.Source) (int, error) {
	s, err := src.Open()
	if err != nil {
		return 0, err
	}
	defer func() { _ = s.Close() }() // it was only read
	var t history.Transaction
	for n := 0; ; n++ {
		switch err := s.Next(&t); {
		case errors.Is(err, io.EOF):
			return n, nil
		case err != nil:
			return 0, err
		}
	}
}
