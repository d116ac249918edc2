// Package dbcop reads and writes the three formats of dbcop: the JSON of its second
// version,
//
//	{"params":{…},"info":"…","start":"…","end":"…","data":[
//	  [{"events":[{"Write":{"variable":1,"version":10}},{"Read":{"variable":2,"version":null}}],"committed":true}]
//	]}
//
// or only the array of sessions; its text, in which a line has transactions, an
// exclamation mark follows one that did not commit, and dashes stand between sessions,
//
//	[x:=1 y==2 z==?] [x:=3]!
//	---
//	[y:=2]
//
// and the bincode of its first version (see bincode.go). A version of null, or ?, or 0, is the initial one.
package dbcop

import (
	"fmt"
	"io"
	"os"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats/internal/registers"
	"github.com/isocheck/isocheck/history/formats/internal/scan"
)

// JSON returns the history in a file of dbcop's second version.
func JSON(path string) history.Source {
	return &source{path: path, format: "dbcop", parser: func(f *os.File) registers.Parser { return newJSONParser(path, f, f) }}
}

// Text returns the history in a file of dbcop's text, a .hist file.
func Text(path string) history.Source { return textSource(path) }

// Bincode returns the history in a file of dbcop's first version, often called history.bincode.
func Bincode(path string) history.Source {
	return &source{path: path, format: "dbcop-bincode", parser: func(f *os.File) registers.Parser { return newBincodeParser(path, f, f) }}
}

type source struct {
	path, format string
	parser       func(*os.File) registers.Parser
}

func (s *source) Open() (history.Stream, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, fmt.Errorf("opening a history: %w", err)
	}
	return registers.Stream(s.parser(f), registers.Header(s.format)), nil
}

// base is what the two parsers of texts have in common.
type base struct {
	s       *scan.Scanner
	file    io.Closer
	session int64
}

func (b *base) ErrorAt(at scan.Place, problem string) error { return b.s.ErrorAt(at, problem) }
func (b *base) Close() error                                { return b.file.Close() }

// outcome is what dbcop means by committed.
func outcome(committed bool) history.Outcome {
	if committed {
		return history.Committed
	}
	return history.Aborted
}
