package databases_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// Every keyword that a real server has can be the name of a workload's column.
func TestKeywordsAsColumns(t *testing.T) {
	plain := regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		words := s.ask(t, map[string]string{
			"postgres": "SELECT word FROM pg_get_keywords()",
			"mysql":    "SELECT lower(word) FROM information_schema.keywords",
			"mariadb":  "SELECT lower(word) FROM information_schema.keywords",
		}[s.product])
		words = slices.DeleteFunc(words, func(w string) bool {
			return !plain.MatchString(w) || w == "id" || w == "version" || w == "previous"
		})
		slices.Sort(words)
		words = slices.Compact(words)
		if len(words) < 100 {
			t.Fatalf("only %d keywords", len(words))
		}
		s.tables = nil
		for some := range slices.Chunk(words, 50) {
			table := history.Table{Name: "words_" + some[0]}
			for _, word := range some {
				table.Columns = append(table.Columns, history.Column{Name: word, Type: history.Int})
			}
			s.tables = append(s.tables, table)
		}
		must(t, s.db.Prepare(t.Context(), s.tables))
		c := s.client(t, history.ReadCommitted)
		for table := range s.tables {
			for column, word := range s.tables[table].Columns {
				outcome, err := c.Run(t.Context(), word.Name, databases.TxOptions{}, func(tx *databases.Tx) {
					tx.Update(table, 1, add(column, 1))
					tx.ReadWhere(table, where(column, history.Equal, num(1)))
				})
				if outcome != history.Committed {
					t.Errorf("%s: %v", word.Name, err)
				}
			}
		}
	})
}
