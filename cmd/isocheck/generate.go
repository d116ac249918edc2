package main

import (
	"context"
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
history. It is for whoever writes, tests or times a checker.

Kinds of histories: traced (rows that carry their versions), append (lists that
carry versions), append-untraced (lists that show their order by themselves, as
Jepsen records them), register (single integers that are written once each and
show no order; the formats plume, awdit, dbcop and cobra hold such).

Anomalies are put into the history with --plant, by transactions of their own on
rows of their own, spread over it; what a kind of history cannot have is refused.
In registers a cycle of dependencies shows as the model that it breaks, once.
`

const generateExample = `  # A million transactions that any checker should find serializable
  isocheck generate --model serializable --txns 1000000 --seed 1 --out history.jsonl.zst

  # The same with three lost updates and a long fork in it
  isocheck generate --txns 1000000 --plant lost-update=3,long-fork=1 --out planted.jsonl.zst

  # Snapshot isolation that forgets its rule against lost updates
  isocheck generate --model snapshot-isolation --off first-committer-wins --out broken.jsonl.zst

  # Lists, for Elle
  isocheck generate --kind append --model read-committed --to jepsen-edn --out history.edn`

// generateFlags are the flags of isocheck generate, as they were typed.
type generateFlags struct {
	kind, model, mix, to, out string
	off, plant                []string
	config                    memory.Config
}

func newGenerate(a *app) *cobra.Command {
	f := &generateFlags{}
	cmd := &cobra.Command{
		Use:                   "generate --out FILE [FLAGS]",
		DisableFlagsInUseLine: true,
		Short:                 "Generate a history from a database that can be broken",
		Long:                  generateLong + rulesHelp() + plantsHelp(),
		Example:               generateExample,
		Args:                  noArguments,
		RunE:                  func(cmd *cobra.Command, _ []string) error { return a.generate(cmd.Context(), f) },
	}
	cmd.Flags().SortFlags = false
	inGroup(cmd.Flags(), "What to generate", func(set *pflag.FlagSet) {
		set.StringVar(&f.kind, "kind", string(memory.Traced), "`KIND` of history: "+joined(texts(memory.Kinds())))
		set.StringVar(&f.model, "model", string(memory.Serializable), "`MODEL` that the database keeps: "+joined(texts(memory.Models())))
		set.StringSliceVar(&f.off, "off", nil, "`RULE` to switch off, several with commas: "+joined(texts(memory.Rules(memory.StrictSerializable))))
		set.StringSliceVar(&f.plant, "plant", nil, "`ANOMALY=N` to put in N times, several with commas: the names are above")
		set.IntVar(&f.config.Txns, "txns", 1000, "`NUMBER` of transactions")
		set.Uint64Var(&f.config.Seed, "seed", 1, "`NUMBER` that decides everything that is drawn")
		set.IntVar(&f.config.Sessions, "sessions", 20, "`NUMBER` of sessions")
		set.IntVar(&f.config.Operations, "operations", 4, "`NUMBER` of operations of a transaction")
		set.IntVar(&f.config.Keys, "keys", 100, "`NUMBER` of rows, or of lists in use at a time")
		set.StringVar(&f.mix, "mix", "reads-and-writes", "`MIX` of operations: reads-and-writes or, of traced rows, all (also predicates, inserts, deletes, locks), locks (locking reads and updates), or savepoints (also savepoints, upserts, updates on a condition)")
		set.IntVar(&f.config.Values, "values", 1000, "`NUMBER` of different values of a traced row, by which predicates choose")
		set.Float64Var(&f.config.AbortShare, "abort-share", 0, "`SHARE` of transactions that abort on purpose, from 0 to 1")
		set.Float64Var(&f.config.LostShare, "lost-share", 0, "`SHARE` of transactions whose commit gets no answer, from 0 to 1")
	})
	inGroup(cmd.Flags(), "Where to", func(set *pflag.FlagSet) {
		set.StringVar(&f.out, "out", "", "`FILE` to write, - for standard output, or for cobra the folder")
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
	for _, rule := range config.Off {
		if !rule.Matters(config.Kind) {
			fmt.Fprintf(a.stderr, "isocheck: histories of kind %s do not show what comes of switching %s off\n", config.Kind, rule)
		}
	}
	stops := catchSignals(ctx, func(bool) {})
	defer stops.release()
	return a.writeHistory(stops.soft, f.out, to, config, formats.Options{})
}

// enough fails for numbers below 1. The database in memory takes 0 for its own default, but who writes 0 means it.
func (f *generateFlags) enough() error {
	c := &f.config
	for _, number := range []struct {
		flag  string
		value int
	}{{"txns", c.Txns}, {"sessions", c.Sessions}, {"operations", c.Operations}, {"keys", c.Keys}, {"values", c.Values}} {
		onlyPlants := number.flag == "txns" && number.value == 0 && len(f.plant) > 0
		if number.value < 1 && !onlyPlants {
			return usagef("--%s %d: it must be at least 1", number.flag, number.value)
		}
	}
	return nil
}

// complete checks the flags and returns what they ask for.
func (f *generateFlags) complete() (memory.Config, error) {
	c := f.config
	if err := f.enough(); err != nil {
		return c, err
	}
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
	var err error
	if c.Plant, err = parsePlants(f.plant, c.Kind); err != nil {
		return c, err
	}
	switch f.mix {
	case "reads-and-writes":
	case "all":
		c.Mix = memory.MixOfAll()
	case "locks":
		c.Mix = memory.MixOfLocks()
	case "savepoints":
		c.Mix = memory.MixOfSavepoints()
	default:
		return c, unknown("mix", f.mix, []string{"reads-and-writes", "all", "locks", "savepoints"})
	}
	if err := c.Check(); err != nil {
		return c, usagef("%v", err)
	}
	return c, nil
}
