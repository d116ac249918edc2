package main

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/isocheck/isocheck/databases"
)

// command returns the command line as reports may show it.
func (a *app) command() string {
	words := []string{"isocheck"}
	for _, arg := range a.shownArgs() {
		words = append(words, shellQuote(arg))
	}
	return strings.Join(words, " ")
}

// shownArgs are the arguments as reports may show them: without passwords, also where
// one stands in a form of DSN that Redact does not know, or in another flag.
func (a *app) shownArgs() []string {
	var words []string
	dsnNext := false
	for _, arg := range a.args {
		name, value, isDSN := strings.Cut(arg, "=")
		switch {
		case dsnNext:
			arg = databases.Redact(arg)
		case isDSN && isDSNFlag(name):
			arg = name + "=" + databases.Redact(value)
		}
		dsnNext = isDSNFlag(arg)
		words = append(words, a.conceal(arg))
	}
	return words
}

// isDSNFlag reports whether a word is a flag whose value may have a password in it.
func isDSNFlag(word string) bool { return word == "--dsn" || word == "--replica-dsn" }

// shellQuote returns the word as a shell takes it for one word.
func shellQuote(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=,@+%", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// conceal takes the DSN that this invocation was given, and its password, out of
// a text. The packages below do not put passwords into errors; this is the
// net under them, for what a driver or a server may say.
func (a *app) conceal(text string) string {
	for _, dsn := range a.dsns() {
		text = strings.ReplaceAll(text, dsn, databases.Redact(dsn))
		for _, p := range passwords(dsn) {
			text = strings.ReplaceAll(text, p, "***")
		}
	}
	return text
}

// dsns returns the DSNs among the arguments and in the environment, also those
// that stand where none is expected.
func (a *app) dsns() []string {
	var found []string
	for i, arg := range a.args {
		name, value, ok := strings.Cut(arg, "=")
		switch {
		case !isDSNFlag(name) && mayBeDSN(arg):
			found = append(found, arg)
			if strings.HasPrefix(name, "-") {
				found = append(found, value)
			}
		case !isDSNFlag(name):
		case ok:
			found = append(found, value)
		case i+1 < len(a.args):
			found = append(found, a.args[i+1])
		}
	}
	for _, variable := range []string{dsnVariable, variableOf("replica-dsn")} {
		if dsn := a.getenv(variable); dsn != "" {
			found = append(found, dsn)
		}
	}
	return append(found, a.secrets...)
}

// mayBeDSN reports whether a word looks as if it had a password in it, other than NAME:VERSION@WAY.
func mayBeDSN(word string) bool {
	before, _, at := strings.Cut(word, "@")
	_, secret, colon := strings.Cut(before, ":")
	return strings.Contains(word, "://") || passwordPair.MatchString(word) ||
		at && colon && (!isDatabase(word) || strings.ContainsAny(secret, "/:"))
}

var (
	// passwordPair is a password as key=value: quoted, or up to the next space.
	passwordPair = regexp.MustCompile(`(?is)(?:password|passwd|pwd|\bpass)\s*=\s*('(?:\\.|[^'\\])*'?|(?:\\.|[^\s\\])*)`)
	escapedSign  = regexp.MustCompile(`(?s)\\(.)`)
)

// passwords returns the ways in which the DSN's password may turn up in a text.
// Short ones, and those that are the name of a database, are left out: they turn
// up by themselves, and a text without them says less and hides nothing.
func passwords(dsn string) []string {
	var found []string
	add := func(p string) {
		if len(p) >= 6 && !contains(knownDatabases(), p) {
			found = append(found, p)
		}
	}
	rest := dsn
	if _, after, ok := strings.Cut(dsn, "://"); ok {
		rest = after
	}
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		if _, password, ok := strings.Cut(rest[:at], ":"); ok {
			add(password)
			if decoded, err := url.PathUnescape(password); err == nil && decoded != password {
				add(decoded)
			}
		}
	}
	for _, m := range passwordPair.FindAllStringSubmatch(dsn, -1) {
		p := m[1]
		if len(p) > 1 && p[0] == '\'' {
			p = strings.TrimSuffix(p[1:], "'")
		} else if inURL, _, more := strings.Cut(p, "&"); more {
			add(inURL)
		}
		add(p)
		add(escapedSign.ReplaceAllString(p, "$1"))
	}
	return unique(found)
}
