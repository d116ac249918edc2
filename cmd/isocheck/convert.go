package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats"
	"github.com/isocheck/isocheck/history/formats/jepsen"
)

const convertLong = `Convert a history into another checker's format, or from one.

So Elle, AWDIT, PolySI, dbcop or Cobra can check what isocheck recorded, and
isocheck's reports can be made of what was recorded for them. Histories of traced
rows are written as registers whose values are the rows' versions: any checker of
registers can judge any run. Lists are written as list-append for Elle.

Several files of isocheck's own format are shards of one history.

What a format cannot say is an error where it would change what a checker finds,
such as a deleted row among registers; else it is said on the way.`

const convertExample = `  # For Elle: elle-cli --model list-append history.edn
  isocheck convert history-append-serializable.jsonl.zst --to jepsen-edn --out history.edn

  # For AWDIT, PolySI, Plume
  isocheck convert history-bank-repeatable-read.jsonl.zst --to plume --out history.txt

  # Out of a pipe, and into another
  zcat history.json.gz | isocheck convert - --to plume --out - | wc -l

  # From Jepsen
  isocheck convert store/latest/history.edn --to isocheck --out history.jsonl.zst`

// convertFlags are the flags of isocheck convert, as they were typed.
type convertFlags struct {
	from, to, as, out string
	debts             bool
}

func newConvert(a *app) *cobra.Command {
	f := &convertFlags{}
	cmd := &cobra.Command{
		Use:                   "convert FILE… --to FORMAT --out FILE [FLAGS]",
		DisableFlagsInUseLine: true,
		Short:                 "Convert a history into another format",
		Long:                  convertLong,
		Example:               convertExample,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("which history? Say isocheck convert FILE… --to FORMAT --out FILE")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, files []string) error { return a.convert(cmd.Context(), f, files) },
	}
	known := joined(texts(formats.All()))
	cmd.Flags().SortFlags = false
	inGroup(cmd.Flags(), "What to convert", func(set *pflag.FlagSet) {
		set.StringVar(&f.to, "to", "", "`FORMAT` to write: "+known)
		set.StringVar(&f.out, "out", "", "`FILE` to write, - for standard output, or for cobra the folder")
		set.StringVar(&f.from, "from", "", "`FORMAT` of the files (default found out by the content)")
		registerDebts(set, &f.debts)
		set.StringVar(&f.as, "as", "", "of a history of lists, for Jepsen's formats: `WORKLOAD` list-append or rw-register (default list-append)")
	})
	completeFlags(cmd)
	return cmd
}

// convert converts the files, which are one history.
func (a *app) convert(ctx context.Context, f *convertFlags, files []string) error {
	from, err := parseFormat(f.from)
	if err != nil {
		return err
	}
	switch as := jepsen.As(f.as); {
	case f.to == "":
		return usagef("which format? Say --to and one of %s", joined(texts(formats.All())))
	case f.out == "":
		return usagef("where to? Say --out FILE")
	case as != jepsen.AsFits && as != jepsen.AsListAppend && as != jepsen.AsRegister:
		return unknown("workload", f.as, texts([]jepsen.As{jepsen.AsListAppend, jepsen.AsRegister}))
	}
	to, err := parseFormat(f.to)
	if err != nil {
		return err
	}
	if f.as != "" && to != formats.JepsenEDN && to != formats.JepsenJSON {
		return usagef("--as goes with --to %s and %s", formats.JepsenEDN, formats.JepsenJSON)
	}
	stops := catchSignals(ctx, func(bool) {})
	defer stops.release()
	files, piped, err := a.spoolFiles(stops.soft, files)
	defer piped.remove()
	if errors.Is(err, errNothingChecked) {
		return interruptedWriting(f.out)
	}
	if err != nil {
		return err
	}
	src, err := oneHistory(files, from, openerOf(f.debts))
	if err != nil {
		return piped.renamed(err)
	}
	return piped.renamed(a.writeHistory(stops.soft, f.out, to, src, formats.Options{As: f.as}))
}

// oneHistory returns the history in the files.
func oneHistory(files []string, from formats.Format, open opener) (history.Source, error) {
	for _, file := range files {
		src, format, err := open(file, from)
		switch {
		case err != nil:
			return nil, err
		case len(files) == 1:
			return src, nil
		case format != formats.Isocheck:
			return nil, usagef("%s is %s: only files of isocheck's own format can be one history together", file, format)
		}
	}
	return history.Files(files...), nil
}
