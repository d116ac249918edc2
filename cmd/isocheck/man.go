package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func newMan(_ *app) *cobra.Command {
	return &cobra.Command{
		Use:     "man DIR",
		Short:   "Write the manual pages into a folder",
		Long:    "Write the manual pages of isocheck and its commands into a folder, one for each. Their date is that of SOURCE_DATE_EPOCH, where it is set.",
		Example: "  isocheck man man1\n  man ./man1/isocheck-compare.1",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("which folder? Say isocheck man DIR")
			}
			return writeManuals(cmd.Root(), args[0])
		},
	}
}

// writeManuals writes a page for the command and each of those under it.
func writeManuals(root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the folder for the manual pages: %w", err)
	}
	root.DisableAutoGenTag = true
	root.InitDefaultCompletionCmd()
	header := &doc.GenManHeader{Section: "1", Source: "isocheck " + isocheckVersion(), Manual: "isocheck"}
	if err := doc.GenManTree(root, header, dir); err != nil {
		return fmt.Errorf("writing the manual pages: %w", err)
	}
	pages, err := filepath.Glob(filepath.Join(dir, "isocheck*.1"))
	if err != nil || len(pages) == 0 {
		return fmt.Errorf("writing the manual pages: none came of it (%w)", err)
	}
	return nil
}
