package checker

import (
	"fmt"

	"github.com/isocheck/isocheck/history"
)

// atLeast: no read of the whole table has a row with less.
func (u *untraced) atLeast(inv history.Invariant, reads []wholeRead, r *InvariantResult) {
	r.Expected = inv.Value
	lowest := inv.Value
	for i := range reads {
		least, broken, some := inv.Value, false, false
		for _, row := range reads[i].rows {
			if row.cells < 0 || u.ix.cells[int(row.cells)+inv.Column].kind != history.Int {
				continue
			}
			value := u.ix.cells[int(row.cells)+inv.Column].value
			if !some || value < least {
				least, some = value, true
			}
			broken = broken || value < inv.Value
		}
		if broken {
			r.Broken++
			lowest = min(lowest, least)
		}
		r.Actual = least
		r.Points = append(r.Points, InvariantPoint{At: reads[i].at, Value: least, Want: inv.Value})
	}
	r.Held = r.Broken == 0
	r.Text = fmt.Sprintf("no row had less than %d in any of the reads of the whole table, of which there are %d", inv.Value, r.Checked)
	if !r.Held {
		r.Text = fmt.Sprintf("rows with less than %d were seen in %d of %d reads of the whole table; the least was %d", inv.Value, r.Broken, r.Checked, lowest)
	}
}
