package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads"
)

// newHelp returns the command that shows the help of another.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:               "help [COMMAND]",
		Short:             "Help about any command",
		ValidArgsFunction: completeCommands,
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return noTopic(about, append(rest, args...)[0])
			}
			about.InitDefaultHelpFlag() // so that it is among the flags
			about.InitDefaultVersionFlag()
			return about.Help()
		},
	}
}

// noTopic is the usage error for a word that is no command of a command.
func noTopic(of *cobra.Command, word string) error {
	if topics := helpTopics(of); len(topics) > 0 {
		return unknown("command", word, topics)
	}
	return usagef("%s has no commands, so there is no help about %q", of.CommandPath(), word)
}

// helpTopics are the commands of a command, of which there is help.
func helpTopics(of *cobra.Command) []string {
	var names []string
	for _, c := range of.Commands() {
		if c.IsAvailableCommand() || c.Name() == "help" {
			names = append(names, c.Name())
		}
	}
	return names
}

func completeCommands(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	about, rest, err := cmd.Root().Find(args)
	if err != nil || len(rest) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return helpTopics(about), cobra.ShellCompDirectiveNoFileComp
}

// groupAnnotation marks a flag with the heading that it stands under in the help.
const groupAnnotation = "isocheck group"

// inGroup registers flags and puts them under a heading.
func inGroup(set *pflag.FlagSet, heading string, register func(*pflag.FlagSet)) {
	group := pflag.NewFlagSet(heading, pflag.ContinueOnError)
	group.SortFlags = false
	register(group)
	group.VisitAll(func(f *pflag.Flag) {
		f.Annotations = map[string][]string{groupAnnotation: {heading}}
		set.AddFlag(f)
	})
}

// helpColumns is how wide the help is at most.
const helpColumns = 80

// usage writes how a command is used: what follows its description in its help.
func usage(cmd *cobra.Command) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Usage:\n  %s\n", cmd.UseLine())
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "  %s COMMAND …\n\nCommands:\n", cmd.CommandPath())
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() || c.Name() == "help" {
				fmt.Fprintf(&b, "  %-12s %s\n", c.Name(), c.Short)
			}
		}
	}
	if cmd.Example != "" {
		fmt.Fprintf(&b, "\nExamples:\n%s\n", cmd.Example)
	}
	writeFlags(&b, cmd)
	if cmd.Flags().Lookup("expect") != nil {
		writeKnown(&b, cmd.Flags())
		fmt.Fprintf(&b, "\n%s\n", exitStatuses)
	}
	_, err := io.WriteString(cmd.OutOrStdout(), b.String())
	return err
}

// writeFlags writes a command's flags under their headings, those without one last.
func writeFlags(b *strings.Builder, cmd *cobra.Command) {
	var headings []string
	groups := map[string]*pflag.FlagSet{}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		heading := "Other flags"
		if g := f.Annotations[groupAnnotation]; len(g) > 0 {
			heading = g[0]
		}
		if groups[heading] == nil {
			groups[heading] = pflag.NewFlagSet(heading, pflag.ContinueOnError)
			groups[heading].SortFlags = false
			headings = append(headings, heading)
		}
		groups[heading].AddFlag(f)
	})
	for _, heading := range headings {
		fmt.Fprintf(b, "\n%s:\n%s", heading, groups[heading].FlagUsagesWrapped(helpColumns))
	}
}

// writeKnown lists the values that the flags know.
func writeKnown(b *strings.Builder, set *pflag.FlagSet) {
	if set.Lookup("level") != nil {
		fmt.Fprintf(b, "\nLevels: %s.\n", joined(texts(history.Levels())))
		fmt.Fprint(b, "\nWorkloads (* by default; for their strategies and invariants see isocheck workloads):\n")
		for _, w := range workloads.All() {
			mark := " "
			if w.Default {
				mark = "*"
			}
			fmt.Fprintf(b, "%s %-10s %s\n", mark, w.Name, w.Summary)
		}
	}
	fmt.Fprint(b, wrapped("\nModels: "+joined(texts(checker.BaseModels()))+"; each also with strong-session- or strong- before it."))
	fmt.Fprint(b, wrapped("\nAnomalies: "+joined(texts(checker.AnomalyIDs()))+"."))
	fmt.Fprint(b, wrapped("\n"+classesHelp()))
}

// wrapped breaks a text into lines of at most helpColumns, the later ones indented.
func wrapped(text string) string {
	var b strings.Builder
	lead, rest, _ := strings.Cut(text, " ")
	b.WriteString(lead)
	column := len(strings.TrimPrefix(lead, "\n"))
	for _, word := range strings.Fields(rest) {
		if column+1+len(word) > helpColumns {
			b.WriteString("\n ")
			column = 1
		}
		b.WriteString(" " + word)
		column += 1 + len(word)
	}
	return b.String() + "\n"
}
