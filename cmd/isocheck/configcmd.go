package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/isocheck/isocheck/databases"
)

const configLong = `Say which settings a run would have, and where each comes from: a flag, a variable
of the environment, isocheck.yaml, or the default, in this order of strength.

Every flag has a variable, ISOCHECK_ and its name in capitals with _ for -, and a
key of its name in isocheck.yaml (or the file that --config or ISOCHECK_CONFIG names).
What stands there under the name of a command is for that command only:

  db: postgres:17
  level: [read-committed, serializable]
  compare:
    rounds: 10

No password is shown.`

const configExample = `  # What would isocheck do here?
  isocheck config

  # And with this flag?
  isocheck config --level all`

func newConfig(a *app) *cobra.Command {
	f := &flags{}
	cmd := &cobra.Command{
		Use:                   "config [FLAGS]",
		DisableFlagsInUseLine: true,
		Short:                 "Say which settings are in force, and where they come from",
		Long:                  configLong,
		Example:               configExample,
		Args:                  noArguments,
		RunE:                  func(cmd *cobra.Command, _ []string) error { return a.showConfig(cmd) },
	}
	cmd.Flags().SortFlags = false
	f.register(cmd.Flags())
	completeFlags(cmd)
	return cmd
}

// showConfig prints every setting of a run.
func (a *app) showConfig(cmd *cobra.Command) error {
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !configurable(f) {
			return
		}
		source := a.sources[f.Name]
		if source == "" {
			source = "default"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", f.Name, a.conceal(settingText(f)), source)
	})
	if err := w.Flush(); err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	return nil
}

// settingText is a flag's value as people write it.
func settingText(f *pflag.Flag) string {
	text := f.Value.String()
	if list, ok := f.Value.(pflag.SliceValue); ok {
		text = strings.Join(list.GetSlice(), ",")
	}
	if isDSNFlag("--"+f.Name) && text != "" {
		text = databases.Redact(text)
	}
	if text == "" {
		return "-"
	}
	return text
}
