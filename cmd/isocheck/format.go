package main

import (
	"errors"
	"strings"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats"
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

// isHistoryFolder reports whether a folder is one history.
func isHistoryFolder(path string, format formats.Format) bool {
	if format == "" {
		format, _ = formats.Detect(path)
	}
	return format == formats.Cobra || format == formats.DBCopBincode
}
