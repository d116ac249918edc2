package reports

import (
	"bytes"
	"strings"
	"testing"
)

// What several processes recorded has no real-time order, and what ran on a replica may be stale:
// every form of report says so, and none does where it is not so.
func TestRemarks(t *testing.T) {
	plain, shards, replica, both := cleanRun(), cleanRun(), cleanRun(), cleanRun()
	shards.Findings.Header.Parts = 3
	replica.Summary.Replica = 1607
	both.Findings.Header.Parts = 2
	both.Summary.Replica = 1
	const clocks, order = "processes, whose clocks differ: real-time order is left out.", "Where it was late, that shows as anomalies against session order"
	for name, tt := range map[string]struct {
		runs []Run
		want []string
	}{
		"plain":             {[]Run{plain}, nil},
		"shards":            {[]Run{shards}, []string{"3 " + clocks}},
		"replica":           {[]Run{replica}, []string{"1,607 of the 29,644 committed transactions ran on the replica. " + order + " or real-time order,"}},
		"both":              {[]Run{both}, []string{"2 " + clocks, order + ", which"}},
		"one of several":    {[]Run{plain, replica}, []string{"1,607 of the 29,644 committed transactions ran on the replica."}},
		"several of shards": {[]Run{shards, shards}, []string{"3 " + clocks}},
	} {
		t.Run(name, func(t *testing.T) {
			r := report(tt.runs...)
			got := strings.Join(remarks(tt.runs), " ")
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q does not say %q", got, want)
				}
			}
			if len(tt.want) == 0 && got != "" {
				t.Errorf("said %q", got)
			}
			for form, text := range rendered(t, r) {
				for _, remark := range remarks(tt.runs) {
					if strings.Count(text, remark) != 1 {
						t.Errorf("%s has %q %d times", form, remark, strings.Count(text, remark))
					}
				}
				if strings.Contains(text, "whose clocks differ") != strings.Contains(got, "whose clocks differ") {
					t.Errorf("%s and the remarks do not agree on clocks", form)
				}
			}
		})
	}
}

// rendered is a report in each form for people, and as findings.json.
func rendered(t *testing.T, r *Report) map[string]string {
	t.Helper()
	var terminal, page, markdown, document bytes.Buffer
	for _, err := range []error{
		Terminal(&terminal, r, TerminalOptions{Width: 200}), HTML(&page, r), Markdown(&markdown, r), JSON(&document, r),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return map[string]string{"terminal": terminal.String(), "page": page.String(), "Markdown": markdown.String(), "findings.json": document.String()}
}
