package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/term"
)

// screen is where progress goes: lines that stay and, on a terminal, one live
// line under them that is written over. It is safe for concurrent use.
type screen struct {
	mu      sync.Mutex
	w       io.Writer
	conceal func(string) string
	// width is that of the terminal in columns; 0 says that there is none.
	width   func() int
	verbose bool
	quiet   bool
	shown   bool // the live line is on the screen
}

// newScreen returns the screen of an invocation, which is its stderr.
func newScreen(a *app, f screenFlags) *screen {
	return &screen{w: a.stderr, conceal: a.conceal, width: terminalWidth(a), verbose: f.verbose, quiet: f.quiet}
}

// terminalWidth returns a function that says how wide the terminal at stderr is now, 0 if it is none.
func terminalWidth(a *app) func() int {
	file, ok := a.stderr.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) || a.getenv("TERM") == "dumb" {
		return func() int { return 0 }
	}
	return func() int {
		width, _, err := term.GetSize(int(file.Fd()))
		if err != nil || width <= 0 {
			return 80
		}
		return width
	}
}

// say writes a line that stays, unless the user asked for quiet.
func (s *screen) say(format string, args ...any) {
	if !s.quiet {
		s.line(format, args...)
	}
}

// detail writes a line that stays, if the user asked for more.
func (s *screen) detail(format string, args ...any) {
	if s.verbose {
		s.line(format, args...)
	}
}

// line writes a line that stays.
func (s *screen) line(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wipe()
	fmt.Fprintln(s.w, folded(s.conceal(fmt.Sprintf(format, args...)), s.width()))
}

// folded breaks the lines of a text at spaces where they are wider than so many
// columns, and indents what follows. Words stay whole, so that a path can be copied. 0 columns are any number.
func folded(text string, columns int) string {
	if columns <= 0 {
		return text
	}
	const indent = "  "
	var b strings.Builder
	for n, line := range strings.Split(text, "\n") {
		if n > 0 {
			b.WriteByte('\n')
		}
		used := 0
		for i, word := range strings.Split(line, " ") {
			width := utf8.RuneCountInString(word)
			switch {
			case i == 0:
			case used+1+width > columns:
				b.WriteString("\n" + indent)
				used = len(indent)
			default:
				b.WriteByte(' ')
				used++
			}
			b.WriteString(word)
			used += width
		}
	}
	return b.String()
}

// isLive reports whether there is a live line.
func (s *screen) isLive() bool { return !s.quiet && s.width() > 0 }

// live writes the live line anew, cut to the terminal's width.
func (s *screen) live(text string) {
	if !s.isLive() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wipe()
	fmt.Fprint(s.w, cut(text, s.width()-1))
	s.shown = true
}

// clear takes the live line away.
func (s *screen) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wipe()
}

func (s *screen) wipe() {
	if s.shown {
		// Back to the first column, and erase to the end of the line.
		fmt.Fprint(s.w, "\r\x1b[K")
		s.shown = false
	}
}

// cut shortens a text to so many columns, and ends it with … where it does.
func cut(text string, columns int) string {
	if utf8.RuneCountInString(text) <= columns {
		return text
	}
	if columns < 1 {
		return ""
	}
	return strings.TrimRight(string([]rune(text)[:columns-1]), " ") + "…"
}

// summaryWidth is how many columns the summary may take: those of the terminal; elsewhere
// what the variable COLUMNS says, or as many as fit everywhere.
func (a *app) summaryWidth() int {
	if isTerminal(a.stdout) {
		if width, _, err := term.GetSize(int(a.stdout.(*os.File).Fd())); err == nil && width > 0 {
			return width
		}
	}
	if columns, err := strconv.Atoi(a.getenv("COLUMNS")); err == nil && columns > 0 {
		return columns
	}
	return 80
}

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// colour reports whether the output to w may have colours.
func (a *app) colour(w io.Writer, f screenFlags) bool {
	return isTerminal(w) && !f.noColor && a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb"
}
