package main

import (
	"github.com/spf13/cobra"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/databases/provision"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats"
	"github.com/isocheck/isocheck/workloads"
)

// completeFlags tells shells what the flags' values can be.
func completeFlags(cmd *cobra.Command) {
	var strategies []string
	for _, w := range workloads.All() {
		strategies = append(strategies, strategyNames(w)...)
	}
	for name, values := range map[string][]string{
		"db":       knownDatabases(),
		"level":    append(texts(history.Levels()), all),
		"workload": append(workloadNames(workloads.All()), all),
		"strategy": unique(strategies),
		"via":      texts(provision.Vias()),

		"keys-distribution": texts(workloads.Distributions()),
		"level-mix":         texts(history.Levels()),
		"level-set":         texts(databases.LevelSets()),

		"report": knownForms(),
		"expect": append([]string{documented}, texts(checker.Models())...),
		"forbid": texts(checker.AnomalyIDs()),
		"allow":  texts(checker.AnomalyIDs()),
		"format": texts(formats.All()),
		"from":   texts(formats.All()),
		"to":     texts(formats.All()),
	} {
		if cmd.Flags().Lookup(name) != nil {
			// It fails only for a flag that is not there.
			_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
		}
	}
}
