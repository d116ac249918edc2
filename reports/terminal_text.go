package reports

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/isocheck/isocheck/checker"
)

// terminal gathers the summary's lines.
type terminal struct {
	opts  TerminalOptions
	width int
	out   strings.Builder
}

// The colours, as the parameters of an SGR sequence.
const (
	green  = "32"
	yellow = "33"
	red    = "31"
	dim    = "2"
	bold   = ";1"
)

func verdictColor(v checker.Verdict) string {
	switch v {
	case checker.Kept:
		return green
	case checker.Violated:
		return red
	}
	return yellow
}

func stateColor(s State) string {
	switch s {
	case Violation:
		return red
	case Observed:
		return yellow
	}
	return dim
}

// painted returns the text in a colour, if colour was asked for.
func (t *terminal) painted(color, text string) string {
	if !t.opts.Color {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

func (t *terminal) line(text string) { t.out.WriteString(text + "\n") }

func (t *terminal) blank() {
	if t.out.Len() > 0 {
		t.line("")
	}
}

func (t *terminal) heading(text string) {
	t.blank()
	for _, line := range wrapped(text, t.width) {
		t.line(t.painted("1", line))
	}
}

// item writes a text with a coloured symbol before it, indented by two columns.
func (t *terminal) item(symbol, color, text string) {
	prefix := "  " + t.painted(color, symbol) + " "
	for _, line := range wrapped(text, t.width-4) {
		t.line(prefix + line)
		prefix = "    "
	}
}

// brief writes an item without the last of its clauses, as many as it takes to make
// it two lines, all of it where the options ask for much. No clause is cut.
func (t *terminal) brief(symbol, color, text string) {
	for !t.opts.Verbose && len(wrapped(text, t.width-4)) > 2 {
		clause := strings.LastIndex(text, "; ")
		if clause < 0 {
			break
		}
		text = text[:clause] + "."
	}
	t.item(symbol, color, text)
}

// wrap writes a text in lines that are not too wide, the first after one
// prefix, the others after another that is as wide.
func (t *terminal) wrap(first, others, text string) {
	prefix := first
	for _, line := range wrapped(text, t.width-utf8.RuneCountInString(first)) {
		t.line(prefix + line)
		prefix = others
	}
}

// wrapped breaks a text at its spaces, and where a word is wider than a line, inside the word.
func wrapped(text string, width int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(printable(text)) {
		for {
			letters := []rune(word)
			if used > 0 && used+1+len(letters) <= width {
				line, used = line+" "+word, used+1+len(letters)
				break
			}
			if used > 0 {
				lines, line, used = append(lines, line), "", 0
			}
			if len(letters) <= width {
				line, used = word, len(letters)
				break
			}
			lines, word = append(lines, string(letters[:width])), string(letters[width:])
		}
	}
	if used > 0 || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// printable takes out what could steer a terminal: a server's message, or a
// value in a row, is not to be trusted.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case !unicode.IsPrint(r):
			return '\uFFFD'
		}
		return r
	}, text)
}

// pad fills a text with spaces up to a width, or cuts it.
func pad(text string, width int) string {
	text = shorten(printable(text), width)
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}
