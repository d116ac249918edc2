package main

import (
	"errors"
	"strings"

	"github.com/spf13/pflag"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats"
	"github.com/isocheck/isocheck/history/formats/jepsen"
)

// parseFormat returns the format of that name; the empty one stands for whichever the content is of.
func parseFormat(name string) (formats.Format, error) {
	if name == "" {
		return "", nil
	}
	format, err := formats.Parse(name)
	if err != nil {
		return "", unknown("format", name, texts(formats.All()))
	}
	return format, nil
}

// openHistory returns the history in a file, and its format.
func openHistory(file string, format formats.Format) (history.Source, formats.Format, error) {
	src, found, err := formats.Open(file, format)
	if errors.Is(err, formats.ErrUnknown) {
		if strings.HasSuffix(file, ".jsonl") || strings.HasSuffix(file, ".zst") {
			return history.Files(file), formats.Isocheck, nil // reading it says what is wrong with it
		}
		return nil, "", usagef("%v: --format takes %s", err, joined(texts(formats.All())))
	}
	return src, found, err
}

// opener opens the history in a file, and finds out its format.
type opener func(file string, format formats.Format) (history.Source, formats.Format, error)

// openerOf returns withDebts, or openHistory.
func openerOf(debts bool) opener {
	if debts {
		return withDebts
	}
	return openHistory
}

// registerDebts makes the flag for what a bank's history of Jepsen does not tell.
func registerDebts(set *pflag.FlagSet, to *bool) {
	set.BoolVar(to, "negative-balances", false, "the accounts of Jepsen's bank may be overdrawn, as with its :negative-balances?, which is not in the history")
}

// withDebts is openHistory for a bank's history of Jepsen, whose accounts may be overdrawn.
func withDebts(file string, format formats.Format) (history.Source, formats.Format, error) {
	src, format, err := openHistory(file, format)
	if err != nil {
		return nil, "", err
	}
	src, bank, err := jepsen.WithDebts(src)
	if err == nil && !bank {
		err = usagef("--negative-balances: %s is no history of Jepsen's bank", file)
	}
	return src, format, err
}

// isHistoryFolder reports whether a folder is one history.
func isHistoryFolder(path string, format formats.Format) bool {
	if format == "" {
		format, _ = formats.Detect(path)
	}
	return format == formats.Cobra || format == formats.DBCopBincode
}
