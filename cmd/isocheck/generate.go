package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/isocheck/isocheck/databases/memory"
	"github.com/isocheck/isocheck/history/formats"
)

const generateLong = `Generate a history from a database in memory that keeps an isolation model, or
breaks it where you say so.

The database runs a random mix of transactions; the same seed gives the same
history. Each rule by which a model is kept can be switched off by name (--off),
and the history then shows what the rule is there for. It is for whoever writes,
tests or times a checker.`

const generateExample = `  # A million transactions that any checker should find serializable
  isocheck generate --model serializable --txns 1000000 --seed 1 --out history.jsonl.zst

  # Snapshot isolation that forgets its rule against lost updates
  isocheck generate --model snapshot-isolation --off first-committer-wins --out broken.jsonl.zst

  # Lists, for Elle
  isocheck generate --kind append --model read-committed --to jepsen-edn --out history.edn`

// generateFlags are the flags of isocheck generate, as they were typed.
type generateFlags struct {
	kind, model, mix, to, out string
	off                       []string
	config                    memory.Config
}

func newGenerate(a *app) *cobra.Command {
	f := &generateFlags{}
	cmd := &cobra.Command{
		Use:                   "generate --out FILE [FLAGS]",
		DisableFlagsInUseLine: true,
		Short:                 "Generate a history from a database that can be broken",
		Long:                  generateLong,
		Example:               generateExample,
		Args:                  cobra.NoArgs,
		RunE:                  func(cmd *cobra.Command, _ []string) error { return a.generate(cmd.Context(), f) },
	}
	cmd.Flags().SortFlags = false
	inGroup(cmd.Flags(), "What to generate", func(set *pflag.FlagSet) {
		set.StringVar(&f.kind, "kind", string(memory.Traced), "`KIND` of history: "+joined(texts(memory.Kinds())))
		set.StringVar(&f.model, "model", string(memory.Serializable), "`MODEL` that the database keeps: "+joined(texts(memory.Models())))
		set.StringSliceVar(&f.off, "off", nil, "`RULE` to switch off, several with commas: "+joined(texts(memory.Rules(memory.StrictSerializable))))
		set.IntVar(&f.config.Txns, "txns", 1000, "`NUMBER` of transactions")
		set.Uint64Var(&f.config.Seed, "seed", 1, "`NUMBER` that decides everything that is drawn")
		set.IntVar(&f.config.Sessions, "sessions", 20, "`NUMBER` of sessions")
		set.IntVar(&f.config.Operations, "operations", 4, "`NUMBER` of operations of a transaction")
		set.IntVar(&f.config.Keys, "keys", 100, "`NUMBER` of rows, or of lists in use at a time")
		set.StringVar(&f.mix, "mix", "reads-and-writes", "`MIX` of operations: reads-and-writes, or all, which has predicates, inserts, deletes and locks (traced only)")
		set.Float64Var(&f.config.AbortShare, "abort-share", 0, "`SHARE` of transactions that abort on purpose, from 0 to 1")
		set.Float64Var(&f.config.LostShare, "lost-share", 0, "`SHARE` of transactions whose commit gets no answer, from 0 to 1")
	})
	inGroup(cmd.Flags(), "Where to", func(set *pflag.FlagSet) {
		set.StringVar(&f.out, "out", "", "`FILE` to write, or for cobra the folder")
		set.StringVar(&f.to, "to", string(formats.Isocheck), "`FORMAT` to write: "+joined(texts(formats.All())))
	})
	completeFlags(cmd)
	return cmd
}

func (a *app) generate(ctx context.Context, f *generateFlags) error {
	config, err := f.complete()
	if err != nil {
		return err
	}
	if f.out == "" {
		return usagef("where to? Say --out FILE")
	}
	to, err := parseFormat(f.to)
	if err != nil {
		return err
	}
	stops := catchSignals(ctx, func(bool) {})
	defer stops.release()
	notes, err := formats.Write(stops.soft, f.out, to, config, formats.Options{})
	if stops.soft.Err() != nil {
		return errors.Join(errStopped, err)
	}
	for _, note := range notes {
		fmt.Fprintf(a.stderr, "isocheck: %s\n", note)
	}
	return err
}

// complete checks the flags and returns what they ask for.
func (f *generateFlags) complete() (memory.Config, error) {
	c := f.config
	c.Kind, c.Model = memory.Kind(f.kind), memory.Model(f.model)
	if !slices.Contains(memory.Kinds(), c.Kind) {
		return c, unknown("kind", f.kind, texts(memory.Kinds()))
	}
	if !slices.Contains(memory.Models(), c.Model) {
		return c, unknown("model", f.model, texts(memory.Models()))
	}
	for _, name := range f.off {
		if !slices.Contains(memory.Rules(c.Model), memory.Rule(name)) {
			return c, unknown("rule of "+f.model, name, texts(memory.Rules(c.Model)))
		}
		c.Off = append(c.Off, memory.Rule(name))
	}
	switch f.mix {
	case "reads-and-writes":
	case "all":
		c.Mix = memory.MixOfAll()
	default:
		return c, unknown("mix", f.mix, []string{"reads-and-writes", "all"})
	}
	if err := c.Check(); err != nil {
		return c, usagef("%v", err)
	}
	return c, nil
}
