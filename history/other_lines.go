package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// otherLines is a line that is no transaction: one of its fields is set. They
// are rare, so encoding/json reads and writes them.
type otherLines struct {
	Header    *Header        `json:"header,omitempty"`
	Statement *statementText `json:"statement,omitempty"`
	Event     *Event         `json:"event,omitempty"`
	Closing   *counts        `json:"closing,omitempty"`
}

// statementText is a statement and its number.
type statementText struct {
	Number int    `json:"number"`
	SQL    string `json:"sql"`
}

// counts is how much a file has of everything.
type counts struct {
	Transactions int64 `json:"transactions"`
	Operations   int64 `json:"operations"`
	Statements   int64 `json:"statements"`
	Events       int64 `json:"events"`
}

// appendOther appends a line that is no transaction, with its newline.
func appendOther(b []byte, l otherLines) ([]byte, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(l); err != nil {
		return b, err
	}
	if text.Len() > maxOtherLine {
		return b, fmt.Errorf("a line that is no transaction would have %d bytes; the most is %d", text.Len(), maxOtherLine)
	}
	return append(b, text.Bytes()...), nil
}

// parseOther reads such a line. The error has the column, as far as it is known.
func parseOther(line []byte) (otherLines, error) {
	if len(line) > maxOtherLine {
		return otherLines{}, &FormatError{Problem: fmt.Sprintf("the line has %d bytes; one that is no transaction has at most %d", len(line), maxOtherLine)}
	}
	var l otherLines
	err := json.Unmarshal(line, &l)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		return l, &FormatError{Column: int(wrong.Offset), Problem: fmt.Sprintf("expected %s for %s, found a JSON %s", wrong.Type, wrong.Field, wrong.Value), Err: err}
	case err != nil:
		return l, &FormatError{Problem: err.Error(), Err: err}
	}
	return l, nil
}
