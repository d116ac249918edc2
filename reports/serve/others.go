package serve

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/isocheck/isocheck/reports"
)

// otherData is what the index shows of compare.json and of advice.json.
type otherData struct {
	Title     string
	Started   time.Time
	Subjects  []struct{ Label string }
	Workloads []struct{ Name, Sentence string }
}

// other returns a folder that holds only a comparison, whose subjects have folders of
// their own, or only advice.
func other(files fs.FS, dir, name string) result {
	r := result{Path: dir, Report: &reports.Report{Title: "Comparison"}}
	if name == adviceData {
		r.Report.Title = "Advice"
	}
	text, err := fs.ReadFile(files, path.Join(dir, name))
	var data otherData
	if err == nil {
		err = json.Unmarshal(text, &data)
	}
	if err != nil {
		r.Problem = fmt.Sprintf("reading %s: %v", name, err)
		return r
	}
	r.Report.Started = data.Started
	if data.Title != "" {
		r.Report.Title = data.Title
	}
	var words []string
	for _, s := range data.Subjects {
		words = append(words, s.Label)
	}
	if len(words) > 0 {
		r.Words = "Compared are " + strings.Join(words, ", ") + "."
	}
	for _, w := range data.Workloads {
		r.Words = strings.TrimSpace(r.Words + " " + w.Name + ": " + w.Sentence)
	}
	return r
}
