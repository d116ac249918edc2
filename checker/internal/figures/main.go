// Command figures measures how fast histories are read and checked, and how much memory that takes.
//
// Each history is generated into a temporary file and checked by a process of its own, so that what is
// measured is of that check alone: the processor time of reading the file; that of reading and
// checking it against all models, with session and real-time order; and the most memory that the process
// held. It prints a table in which the target of each figure stands beside it.
//
//	go run ./checker/internal/figures            # some minutes, 4 GB of disk
//	ISOCHECK_BENCH_FULL=1 go run ./checker/internal/figures   # with 10 million transactions, 20 GB
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

func main() {
	file := flag.String("measure", "", "measure this `FILE` and print the figures as JSON; what the command calls itself with")
	expect := flag.String("expect", "", "the `MODEL` to hold the file against")
	only := flag.String("only", "", "only the histories whose names contain `TEXT`")
	keep := flag.String("keep", "", "keep the histories in this `DIR`, and use those that are there")
	flag.Parse()
	var err error
	if *file != "" {
		err = measureHere(*file, *expect)
	} else {
		err = measureAll(*only, *keep, os.Getenv("ISOCHECK_BENCH_FULL") != "")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

// measureAll makes the histories one after the other, measures each, and prints the table.
func measureAll(only, keep string, full bool) error {
	dir := keep
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "isocheck-figures-"); err != nil {
			return fmt.Errorf("making a folder for the histories: %w", err)
		}
		defer os.RemoveAll(dir)
	}
	t := newTable(os.Stdout)
	for _, c := range cases(full) {
		if !strings.Contains(c.name, only) {
			continue
		}
		path, err := c.write(dir)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		f, err := measureApart(path, c.expect)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		if keep == "" {
			if err := os.Remove(path); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
		}
		t.row(c, f)
	}
	t.ratios()
	return nil
}
