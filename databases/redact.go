package databases

import (
	"regexp"
	"slices"
	"strings"
)

const (
	secretName = `(?:password|\b(?:passwd|pwd|pass))`
	pairValue  = `('(?:\\.|[^'\\])*(?:'|\\?$)|(?:\\.|[^\s\\])*\\?)`
)

// hidden stands where a password stood.
const hidden = "xxxxx"

var (
	urlScheme = regexp.MustCompile(`^\s*[A-Za-z][A-Za-z0-9+.-]*://`)
	// keyword begins a DSN of key=value pairs, as libpq reads it; any other
	// setting may stand first as well, but then it may be a driver's DSN too.
	keyword = regexp.MustCompile(`(?i)^\s*(host|hostaddr|port|dbname|user|password|passfile|sslmode|sslcert|sslkey|sslpassword|` +
		`sslrootcert|connect_timeout|application_name|options|service|target_session_attrs|search_path|client_encoding)\s*=`)
	setting = regexp.MustCompile(`^\s*[A-Za-z_][A-Za-z0-9_.]*\s*=[^@]*$`)
	// noUser is a place whose port is none, so that it may be a password.
	noUser = regexp.MustCompile(`(?s)^(?:\[[^\]]*\]|[^:/?\[]*):((?:[0-9]*[^0-9/?]).*)$`)
	// secretPair is a password among key=value pairs: quoted, with what follows
	// a quote that never ends, or up to the next space that is not escaped.
	secretPair = regexp.MustCompile(`(?is)(` + secretName + `\s*=\s*)` + pairValue)
	// spacedPair is the same after a space: behind a URL, or where it went wrong.
	spacedPair  = regexp.MustCompile(`(?is)(\s` + secretName + `\s*=\s*)` + pairValue)
	secretQuery = regexp.MustCompile(`(?i)([?&;](?:[a-z_]*password|passwd|pwd|pass)=)([^&]*)`)
)

// Redact returns the DSN with xxxxx in the place of every password, for messages
// and reports. It takes every form of DSN that isocheck reads, right or wrong:
// a DSN that is wrong is just what ends up in messages. Where a password that
// was not escaped makes it unclear how far it goes, more is hidden, not less.
func Redact(dsn string) string {
	var secrets []span
	switch {
	case urlScheme.MatchString(dsn):
		secrets = slices.Concat(spans(secretQuery, dsn), pairSpans(spacedPair, dsn), userinfo(dsn, len(urlScheme.FindString(dsn))))
	case keyword.MatchString(dsn), setting.MatchString(dsn):
		secrets = pairSpans(secretPair, dsn)
	default:
		secrets = slices.Concat(spans(secretQuery, dsn), pairSpans(secretPair, dsn), userinfo(dsn, 0))
	}
	slices.SortFunc(secrets, func(a, b span) int { return a.from - b.from })
	var out strings.Builder
	at := 0 // what is before it is written, or hidden
	for _, s := range secrets {
		if s.from >= at {
			out.WriteString(dsn[at:s.from])
			out.WriteString(hidden)
		}
		at = max(at, s.to)
	}
	return out.String() + dsn[at:]
}

// span is a part of a DSN that must not be seen.
type span struct{ from, to int }

// spans returns where the pattern's second group is.
func spans(pattern *regexp.Regexp, dsn string) []span {
	var found []span
	for _, m := range pattern.FindAllStringSubmatchIndex(dsn, -1) {
		found = append(found, span{m[4], m[5]})
	}
	return found
}

// pairSpans returns where the passwords of pairs are. One behind which no pairs
// follow goes to the end: it has blanks or quotes that were not escaped.
func pairSpans(pattern *regexp.Regexp, dsn string) []span {
	found := spans(pattern, dsn)
	for i, s := range found {
		rest := dsn[s.to:]
		if _, err := ParsePairs(rest); err != nil || rest != "" && !strings.ContainsRune(blanks, rune(rest[0])) {
			found[i].to = len(dsn)
		}
	}
	return found
}

// userinfo returns what is between the first colon and the last @ of
// user:password@place, which begins at start; should there be an @ before, it
// begins there. Without an @ it is everything after a colon that no port follows.
func userinfo(dsn string, start int) []span {
	at := strings.LastIndexByte(dsn, '@')
	if at < start {
		if m := noUser.FindStringSubmatchIndex(dsn[start:]); m != nil {
			return []span{{start + m[2], len(dsn)}}
		}
		return nil
	}
	colon := strings.IndexAny(dsn[start:at], ":@")
	if colon < 0 {
		return nil
	}
	return []span{{start + colon + 1, at}}
}

// Hide returns a message, such as a driver's, without the password, should it be in there.
func Hide(message, password string) string {
	if password == "" {
		return message
	}
	return strings.ReplaceAll(message, password, hidden)
}
