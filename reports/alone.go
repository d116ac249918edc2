package reports

import "slices"

// Alone returns the report for a page that lies apart from the other files of the run: it
// names the histories, and links to none.
func Alone(r *Report) *Report {
	own := *r
	own.alone = true
	own.Runs, own.Probes = slices.Clone(r.Runs), slices.Clone(r.Probes)
	for i := range own.Runs {
		own.Runs[i].Files = nil
	}
	for i := range own.Probes {
		own.Probes[i].History = ""
	}
	return &own
}
