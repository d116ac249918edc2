package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// configFile is what a configuration file says: values of flags by name, for all
// commands and for one, each with the line that it stands in.
type configFile struct {
	path    string
	all     map[string]setting
	command map[string]map[string]setting
}

// setting is a flag's value and where it comes from.
type setting struct {
	value  string
	source string // isocheck.yaml:3
}

// readConfig reads a configuration file. Keys are the names of flags; what stands
// under the name of a command is for that command only. known says of each
// command which flags it has; "" is isocheck itself.
func readConfig(path string, known map[string][]string) (*configFile, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(content) {
		return nil, usagef("%s: this is no text in UTF-8", path)
	}
	c := &configFile{path: path, all: map[string]setting{}, command: map[string]map[string]setting{}}
	var doc yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	if err := decoder.Decode(&doc); errors.Is(err, io.EOF) {
		return c, nil // it is empty
	} else if err != nil {
		return nil, usagef("%s: %s", path, yamlProblem(err))
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, usagef("%s: more follows after its end, a line of --- or ...; all settings are one document", path)
	}
	root := &doc
	for root.Kind == yaml.DocumentNode && len(root.Content) > 0 {
		root = root.Content[0]
	}
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return c, nil
	}
	if root.Kind != yaml.MappingNode {
		return nil, c.wrong(root, "not names of flags with their values, such as level: serializable")
	}
	return c, c.read(root, known)
}

// read takes over a mapping of the whole file.
func (c *configFile) read(root *yaml.Node, known map[string][]string) error {
	var any []string // the flags of all commands
	for _, flags := range known {
		any = append(any, flags...)
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		if flags, ok := known[key.Value]; ok && key.Value != "" && value.Kind == yaml.MappingNode {
			own := map[string]setting{}
			for n := 0; n+1 < len(value.Content); n += 2 {
				if err := c.take(own, value.Content[n], value.Content[n+1], flags); err != nil {
					return err
				}
			}
			c.command[key.Value] = own
			continue
		}
		if err := c.take(c.all, key, value, append(any, commandNames(known)...)); err != nil {
			return err
		}
	}
	return nil
}

// take takes over one key and its value.
func (c *configFile) take(to map[string]setting, key, value *yaml.Node, known []string) error {
	if !contains(known, key.Value) {
		if near := nearest(key.Value, known); near != "" {
			return c.wrong(key, fmt.Sprintf("unknown key %q; did you mean %s?", key.Value, near))
		}
		return c.wrong(key, fmt.Sprintf("unknown key %q; known keys are %s", key.Value, joined(unique(known))))
	}
	if before, twice := to[key.Value]; twice {
		return c.wrong(key, fmt.Sprintf("%s stands already in %s", key.Value, before.source))
	}
	text, err := c.text(key, value)
	if err != nil {
		return err
	}
	to[key.Value] = setting{text, c.path + ":" + strconv.Itoa(key.Line)}
	return nil
}

// text is a value as a flag takes it: a list as its elements with commas.
func (c *configFile) text(key, value *yaml.Node) (string, error) {
	for value.Kind == yaml.AliasNode {
		value = value.Alias
	}
	switch {
	case value.Kind == yaml.ScalarNode && (value.Tag == "!!null" || value.Value == ""):
		return "", c.wrong(key, key.Value+": the value is empty; leave the key out, or give it")
	case value.Kind == yaml.ScalarNode:
		return value.Value, nil
	case value.Kind != yaml.SequenceNode:
		return "", c.wrong(value, key.Value+": neither a value nor a list of values")
	}
	var parts []string
	for _, element := range value.Content {
		if element.Kind != yaml.ScalarNode {
			return "", c.wrong(element, key.Value+": an element is no single value")
		}
		parts = append(parts, element.Value)
	}
	return strings.Join(parts, ","), nil
}

// wrong is the usage error for a place in the file.
func (c *configFile) wrong(at *yaml.Node, what string) error {
	return usagef("%s:%d: %s", c.path, at.Line, what)
}

// yamlProblem is what the parser says, without its own name before it.
func yamlProblem(err error) string { return strings.TrimPrefix(err.Error(), "yaml: ") }

func commandNames(known map[string][]string) []string {
	var names []string
	for name := range known {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

// settings returns what the file says for a command, "" for isocheck itself.
func (c *configFile) settings(command string) map[string]setting {
	merged := map[string]setting{}
	for name, s := range c.all {
		merged[name] = s
	}
	for name, s := range c.command[command] {
		merged[name] = s
	}
	return merged
}
