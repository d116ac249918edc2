package databases

import (
	"errors"
	"slices"
	"strings"
)

// errPairs says what is wrong with pairs without quoting any: a word that is
// none may be a part of a password.
var errPairs = errors.New("every word of it must be key=value, with a key that libpq knows; " +
	"a value that is empty or has blanks in it stands in single quotes, in which ' and \\ have a \\ before them")

const blanks = " \t\n\r\v\f"

// pairKeys are the keys of libpq (PostgreSQL 18's documentation, 34.1.2).
var pairKeys = []string{
	"host", "hostaddr", "port", "dbname", "user", "password", "passfile", "require_auth", "channel_binding",
	"connect_timeout", "client_encoding", "options", "application_name", "fallback_application_name",
	"keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout", "replication",
	"gssencmode", "sslmode", "requiressl", "sslnegotiation", "sslcompression", "sslcert", "sslkey", "sslkeylogfile",
	"sslpassword", "sslcertmode", "sslrootcert", "sslcrl", "sslcrldir", "sslsni", "requirepeer",
	"ssl_min_protocol_version", "ssl_max_protocol_version", "min_protocol_version", "max_protocol_version",
	"krbsrvname", "gsslib", "gssdelegation", "scram_client_key", "scram_server_key", "service", "servicefile",
	"target_session_attrs", "load_balance_hosts", "oauth_issuer", "oauth_client_id", "oauth_client_secret", "oauth_scope",
}

// ParsePairs reads a DSN of key=value pairs as libpq does (PostgreSQL's
// documentation, 34.1.1.1), but is stricter: it fails unless every word is such a
// pair and has a key that libpq knows, so that nothing that was meant otherwise
// is taken for one. Its error quotes nothing of the DSN.
func ParsePairs(dsn string) (map[string]string, error) {
	pairs := map[string]string{}
	for rest := strings.Trim(dsn, blanks); rest != ""; {
		key, after, ok := strings.Cut(rest, "=")
		key = strings.TrimRight(key, blanks)
		if !ok || !slices.Contains(pairKeys, key) {
			return nil, errPairs
		}
		value := strings.TrimLeft(after, blanks)
		if value != after && beginsPair(value) {
			return nil, errPairs // libpq takes the next pair for the value: host= password=…
		}
		var found bool
		if pairs[key], rest, found = cutValue(value); !found {
			return nil, errPairs
		}
		rest = strings.TrimLeft(rest, blanks)
	}
	return pairs, nil
}

// beginsPair reports whether a text begins with a key and an equals sign.
func beginsPair(text string) bool {
	key, _, ok := strings.Cut(text, "=")
	return ok && slices.Contains(pairKeys, strings.TrimRight(key, blanks))
}

// cutValue takes the value that a text begins with, in quotes or up to the next
// blank. It is not found where a quote does not end, or ends within a word.
func cutValue(text string) (value, rest string, found bool) {
	quoted := strings.HasPrefix(text, "'")
	ends := blanks
	if quoted {
		text, ends = text[1:], "'"
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
		case text[i] == '\\': // a backslash at the very end counts for nothing
		case strings.IndexByte(ends, text[i]) < 0:
			b.WriteByte(text[i])
		case quoted:
			rest = text[i+1:]
			return b.String(), rest, rest == "" || strings.IndexByte(blanks, rest[0]) >= 0
		default:
			return b.String(), text[i:], true
		}
	}
	return b.String(), "", !quoted
}
