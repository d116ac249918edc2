package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/isocheck/isocheck/workloads"
)

const workloadsLong = `List what the clients can run: the workloads, the strategies by which their
transactions guard themselves, and the invariants that these must keep.

A workload's first strategy is the one that is run unless --strategy says
otherwise: what a programmer writes first.`

const workloadsExample = `  # All workloads
  isocheck workloads

  # The bank's strategies and invariants
  isocheck workloads bank

  # The same for a program
  isocheck workloads --json`

func newWorkloads() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:                   "workloads [WORKLOAD] [--json]",
		DisableFlagsInUseLine: true,
		Short:                 "List the workloads with their strategies and invariants",
		Long:                  workloadsLong,
		Example:               workloadsExample,
		Args:                  oneWorkload,
		ValidArgs:             workloadNames(workloads.All()),
		RunE: func(cmd *cobra.Command, args []string) error {
			list := workloads.All()
			if len(args) == 1 {
				list = slices.DeleteFunc(list, func(w workloads.Workload) bool { return w.Name != args[0] })
			}
			return showWorkloads(cmd.OutOrStdout(), list, len(args) == 1, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// oneWorkload is a cobra.PositionalArgs that takes the name of a workload, or nothing.
func oneWorkload(_ *cobra.Command, args []string) error {
	switch {
	case len(args) > 1:
		return usagef("isocheck workloads takes the name of one workload, not %d", len(args))
	case len(args) == 1:
		if _, err := workloads.Find(args[0]); err != nil {
			return unknown("workload", args[0], workloadNames(workloads.All()))
		}
	}
	return nil
}

// shownWorkload is a workload as programs get it.
type shownWorkload struct {
	Name       string           `json:"name"`
	Summary    string           `json:"summary"`
	Default    bool             `json:"default"`
	Keys       int              `json:"keys"`
	Length     int              `json:"length,omitempty"`
	ReadShare  float64          `json:"readShare,omitempty"`
	Rotate     int              `json:"rotate,omitempty"`
	Strategies []shownStrategy  `json:"strategies"`
	Invariants []shownInvariant `json:"invariants"`
}

type shownStrategy struct {
	Name    string `json:"name"`
	Summary string `json:"summary"`
	Level   string `json:"level,omitempty"`
	Retries int    `json:"retries,omitempty"`
	// NotOn are the databases that lack what the strategy needs.
	NotOn []string `json:"notOn,omitempty"`
}

type shownInvariant struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
}

func showWorkloads(w io.Writer, list []workloads.Workload, detailed, asJSON bool) error {
	var shown []shownWorkload
	for _, workload := range list {
		s, err := shownOf(workload)
		if err != nil {
			return err
		}
		shown = append(shown, s)
	}
	if asJSON {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(shown)
	}
	var b strings.Builder
	for i, s := range shown {
		if i > 0 {
			b.WriteString("\n")
		}
		s.write(&b, detailed)
	}
	if !detailed {
		b.WriteString("\nA run without --workload runs those marked *.\nMore about one: isocheck workloads NAME\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// shownOf gathers what is shown of a workload. Which invariants it has may depend on the strategy: they are put together.
func shownOf(w workloads.Workload) (shownWorkload, error) {
	s := shownWorkload{
		Name: w.Name, Summary: w.Summary, Default: w.Default, Keys: w.Keys, Length: w.Length, ReadShare: w.ReadShare, Rotate: w.Rotate,
		Invariants: []shownInvariant{},
	}
	for _, strategy := range w.Strategies {
		shown := shownStrategy{Name: strategy.Name, Summary: strategy.Summary, Level: string(strategy.Level), Retries: strategy.Retries}
		for _, product := range knownDatabases() {
			if len(w.Missing(strategy.Name, product)) > 0 {
				shown.NotOn = append(shown.NotOn, product)
			}
		}
		s.Strategies = append(s.Strategies, shown)
		params, err := w.Complete(workloads.Params{Strategy: strategy.Name})
		if err != nil {
			return s, err
		}
		for _, inv := range w.New(params).Invariants {
			if i := (shownInvariant{inv.Name, string(inv.Kind)}); !contains(s.Invariants, i) {
				s.Invariants = append(s.Invariants, i)
			}
		}
	}
	return s, nil
}

// write writes the workload as people read it.
func (s *shownWorkload) write(b *strings.Builder, detailed bool) {
	mark := ""
	if s.Default {
		mark = " *"
	}
	b.WriteString(filled("", "  ", fmt.Sprintf("%s%s: %s", s.Name, mark, s.Summary)))
	if !detailed {
		var names []string
		for _, strategy := range s.Strategies {
			names = append(names, strategy.Name)
		}
		b.WriteString(filled("  ", "    ", "strategies: "+joined(names)))
		b.WriteString(filled("  ", "    ", "invariants: "+s.invariants()))
		return
	}
	b.WriteString("\nStrategies:\n")
	for _, strategy := range s.Strategies {
		b.WriteString(filled("  ", "    ", strategy.Name+": "+strategy.text()))
	}
	b.WriteString("\nInvariants:\n" + filled("  ", "    ", s.invariants()))
	b.WriteString("\nDefaults:\n" + filled("  ", "    ", s.defaults()))
}

// text is the strategy's summary with what else there is to know.
func (s *shownStrategy) text() string {
	text := s.Summary
	if s.Retries > 0 {
		text += fmt.Sprintf("; up to %s", numbered(s.Retries, "retry"))
	}
	if len(s.NotOn) > 0 {
		text += "; not on " + joined(s.NotOn)
	}
	return text
}

func (s *shownWorkload) invariants() string {
	if len(s.Invariants) == 0 {
		return "none but the level's own promise"
	}
	var names []string
	for _, i := range s.Invariants {
		names = append(names, fmt.Sprintf("%s (%s)", i.Name, i.Kind))
	}
	return joined(names)
}

func (s *shownWorkload) defaults() string {
	text := numbered(s.Keys, "key")
	if s.ReadShare > 0 {
		text += fmt.Sprintf(", %g reads", s.ReadShare)
	}
	if s.Length > 0 {
		text += fmt.Sprintf(", up to %s", numbered(s.Length, "operation"))
	}
	if s.Rotate > 0 {
		text += fmt.Sprintf(", %s per key", numbered(s.Rotate, "write"))
	}
	return text
}

// filled breaks a text into lines of at most 80 columns, with an indent for the first and one for the others.
func filled(first, others, text string) string {
	const columns = 80
	var b strings.Builder
	line := first
	for _, word := range strings.Fields(text) {
		if len([]rune(line))+1+len([]rune(word)) > columns {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line = others
		}
		if strings.TrimSpace(line) != "" {
			line += " "
		}
		line += word
	}
	return b.String() + line + "\n"
}
