package postgres

import "strings"

// quote returns a name as PostgreSQL's SQL writes it: as it is where that is
// possible, because people read these statements in reports, else in double quotes.
func quote(name string) string {
	if plain(name) && !strings.Contains(reserved, " "+name+" ") {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

func plain(name string) bool {
	for i := range len(name) {
		c := name[i]
		if c != '_' && (c < 'a' || c > 'z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}

// reserved are the words that cannot be names without quotes: those of category
// R or T in pg_get_keywords(), PostgreSQL 10 to 18.
const reserved = " all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate" +
	" collation column concurrently constraint create cross current_catalog current_date current_role current_schema" +
	" current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for" +
	" foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading" +
	" left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing" +
	" primary references returning right select session_user similar some symmetric system_user table tablesample then to" +
	" trailing true union unique user using variadic verbose when where window with "
