package probe

import (
	"fmt"
	"strings"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads/probes"
)

// Said says in a few words what a session was answered to a step: the rows that it
// read, how many it wrote, or the code of the error. tables are the probe's.
func (s *Step) Said(tables []history.Table) string {
	if s.Skipped {
		return "left out"
	}
	said := s.answered(tables)
	if s.Blocked {
		return strings.TrimSuffix("blocked, then "+said, ", then ")
	}
	return said
}

func (s *Step) answered(tables []history.Table) string {
	switch {
	case s.Error != nil && s.Error.Code != "":
		return s.Error.Code
	case s.Error != nil:
		return s.Error.Message
	case s.Action != probes.Operate || !s.Op.Kind.Writes() && s.Op.Kind != history.Read && s.Op.Kind != history.ReadWhere:
		return "done"
	case s.Op.Kind.Writes() && len(s.Rows) == 1:
		return "1 row"
	case s.Op.Kind.Writes():
		return fmt.Sprintf("%d rows", len(s.Rows))
	case len(s.Rows) == 0:
		return "no row"
	}
	var rows []string
	for _, r := range s.Rows {
		var values []string
		for i, v := range r.Values {
			values = append(values, tables[s.Op.Table].Columns[i].Name+"="+v.String())
		}
		rows = append(rows, fmt.Sprintf("%d: %s", r.Key, strings.Join(values, " ")))
	}
	return strings.Join(rows, ", ")
}
