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
		"forbid": append(texts(checker.AnomalyIDs()), classNames()...),
		"allow":  append(texts(checker.AnomalyIDs()), classNames()...),
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

// strictCompletion makes the command that writes completion scripts, which is cobra's, refuse
// what it does not know.
func strictCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() != "completion" {
			continue
		}
		var shells []string
		for _, shell := range c.Commands() {
			shells = append(shells, shell.Name())
			shell.Args = noArguments
		}
		c.Args = cobra.ArbitraryArgs
		c.RunE = func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknown("shell", args[0], shells)
			}
			return cmd.Help()
		}
	}
}
