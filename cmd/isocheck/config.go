package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// configName is the configuration file that is read where it is there and
// --config names no other.
const configName = "isocheck.yaml"

// configVariable names the configuration file in the environment.
const configVariable = "ISOCHECK_CONFIG"

// variableOf is the environment variable that stands for a flag: --fail-on-slowdown is ISOCHECK_FAIL_ON_SLOWDOWN.
func variableOf(flag string) string {
	return "ISOCHECK_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// configurable reports whether a flag can be given in the environment and in a configuration file.
func configurable(f *pflag.Flag) bool {
	return !f.Hidden && !contains([]string{"help", "version", "config"}, f.Name)
}

// configure gives the flags of a command that are not on the command line the
// values of the environment, and those that are not there either the values of
// the configuration file. It notes where each comes from.
func (a *app) configure(cmd *cobra.Command) error {
	a.sources = map[string]string{}
	known := flagsByCommand(cmd.Root())
	if _, ok := known[commandOf(cmd)]; !ok {
		return nil // it has no settings
	}
	a.sayUnknownVariables(known)
	set := cmd.Flags()
	set.VisitAll(func(f *pflag.Flag) {
		if f.Changed {
			a.sources[f.Name] = "flag"
		}
	})
	file, err := a.configOf(cmd, known)
	if err != nil {
		return err
	}
	variables := map[string]setting{}
	for _, name := range known[commandOf(cmd)] {
		if value := a.getenv(variableOf(name)); value != "" {
			variables[name] = setting{value, "$" + variableOf(name)}
		}
	}
	if err := a.applySettings(set, variables); err != nil {
		return err
	}
	// Who says --db on the command line does not want the file's server, and the other way round.
	if a.sources["db"] != "" {
		delete(file, "dsn")
		delete(file, "replica-dsn")
	}
	if a.sources["dsn"] != "" {
		for _, name := range []string{"db", "via", "image", "bin-dir"} {
			delete(file, name)
		}
	}
	return a.applySettings(set, file)
}

// applySettings gives values to those flags that have none from a stronger source.
func (a *app) applySettings(set *pflag.FlagSet, values map[string]setting) error {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		f, s := set.Lookup(name), values[name]
		if f == nil || a.sources[name] != "" {
			continue
		}
		if isDSNFlag("--" + name) {
			a.secrets = append(a.secrets, s.value)
		}
		if err := set.Set(name, s.value); err != nil {
			return usagef("%s: %s: %q is not %s", s.source, name, s.value, kindOf(f))
		}
		a.sources[name] = s.source
	}
	return nil
}

// configOf reads the configuration file for a command, nil where there is none.
func (a *app) configOf(cmd *cobra.Command, known map[string][]string) (map[string]setting, error) {
	path, named := a.getenv(configVariable), true
	if f := cmd.Flags().Lookup("config"); f != nil && f.Changed {
		path = f.Value.String()
	} else if path == "" {
		path, named = configName, false
	}
	file, err := readConfig(path, known)
	switch {
	case errors.Is(err, os.ErrNotExist) && !named:
		return nil, nil
	case errors.Is(err, os.ErrNotExist):
		return nil, usagef("the configuration file %s is not there", path)
	case err != nil:
		var usage *usageError
		if errors.As(err, &usage) {
			return nil, err
		}
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	return file.settings(commandOf(cmd)), nil
}

// commandOf is a command's name in a configuration file, "" for isocheck itself, which isocheck run is too.
func commandOf(cmd *cobra.Command) string {
	if !cmd.HasParent() || cmd.Name() == "config" || cmd.Name() == "run" {
		return ""
	}
	return cmd.Name()
}

// flagsByCommand returns the flags that can be configured, by command.
func flagsByCommand(root *cobra.Command) map[string][]string {
	known := map[string][]string{}
	for _, c := range append([]*cobra.Command{root}, root.Commands()...) {
		if c.HasParent() && contains([]string{"run", "config", "help", "completion"}, c.Name()) {
			continue
		}
		var names []string
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			// A server of a comparison is one of its arguments, no setting.
			if configurable(f) && (c.Name() != "compare" || f.Name != "dsn") {
				names = append(names, f.Name)
			}
		})
		if len(names) > 0 {
			known[commandOf(c)] = names
		}
	}
	return known
}
