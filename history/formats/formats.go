package formats

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats/awdit"
	"github.com/isocheck/isocheck/history/formats/cobra"
	"github.com/isocheck/isocheck/history/formats/dbcop"
	"github.com/isocheck/isocheck/history/formats/internal/registers"
	"github.com/isocheck/isocheck/history/formats/jepsen"
	"github.com/isocheck/isocheck/history/formats/plume"
)

// Format is the name of a format.
type Format string

// The formats.
const (
	Isocheck     Format = "isocheck"
	JepsenEDN    Format = "jepsen-edn"
	JepsenJSON   Format = "jepsen-json"
	Plume        Format = "plume"
	AWDIT        Format = "awdit"
	DBCop        Format = "dbcop"
	DBCopText    Format = "dbcop-text"
	DBCopBincode Format = "dbcop-bincode"
	Cobra        Format = "cobra"
)

// All returns all formats.
func All() []Format {
	return []Format{Isocheck, JepsenEDN, JepsenJSON, Plume, AWDIT, DBCop, DBCopText, DBCopBincode, Cobra}
}

// Parse returns the format of that name.
func Parse(name string) (Format, error) {
	if slices.Contains(All(), Format(name)) {
		return Format(name), nil
	}
	names := make([]string, len(All()))
	for i, f := range All() {
		names[i] = string(f)
	}
	return "", fmt.Errorf("unknown format %q; known are %s", name, strings.Join(names, ", "))
}

// ErrContent is the error of writing a history that holds what a format cannot say.
var ErrContent = registers.ErrContent

// Open returns the history in a file, or for Cobra in a folder, and its format. Of the empty format
// it is found out by the content. A problem with the content is a *history.FormatError; most
// are found only when the history is read.
func Open(path string, format Format) (history.Source, Format, error) {
	if format == "" {
		var err error
		if format, err = Detect(path); err != nil {
			return nil, "", err
		}
	}
	switch format {
	case Isocheck:
		return history.Files(path), format, nil
	case JepsenEDN:
		return jepsen.EDN(path), format, nil
	case JepsenJSON:
		return jepsen.JSON(path), format, nil
	case Plume:
		return plume.File(path), format, nil
	case AWDIT:
		return awdit.File(path), format, nil
	case DBCop:
		return dbcop.JSON(path), format, nil
	case DBCopText:
		return dbcop.Text(path), format, nil
	case DBCopBincode:
		return dbcop.Bincode(bincodeIn(path)), format, nil
	case Cobra:
		return cobra.Folder(path), format, nil
	}
	_, err := Parse(string(format))
	return nil, "", err
}

// Options say how a history is written. The zero Options is a good choice.
type Options struct {
	// As is what Jepsen's formats are to hold, of a history that could be several
	// things: "list-append" or "rw-register"; "" for what fits.
	As string
}

// Write writes a history into a file, which it replaces, or for Cobra into a folder, which must be empty or
// new. It returns notes, for people, on what the format does not say. The error is an ErrContent where the format
// cannot say what is in the history. What was begun is removed when it fails.
func Write(ctx context.Context, path string, format Format, src history.Source, opts Options) ([]string, error) {
	as := jepsen.As(opts.As)
	if as != jepsen.AsFits && format != JepsenEDN && format != JepsenJSON {
		return nil, fmt.Errorf("writing %s: only Jepsen's formats can be written as %s", format, as)
	}
	if format == Isocheck {
		return writeIsocheck(ctx, path, src)
	}
	g := &gist{}
	notes, err := writeOther(ctx, path, format, watched{src, g, format, as}, as)
	if err != nil {
		return nil, err
	}
	return append(notes, g.notes()...), nil
}

// writeOther writes one of the formats of others.
func writeOther(ctx context.Context, path string, format Format, src history.Source, as jepsen.As) ([]string, error) {
	switch format {
	case JepsenEDN:
		return writeFile(path, func(w io.Writer) ([]string, error) { return jepsen.WriteEDN(ctx, w, src, as) })
	case JepsenJSON:
		return writeFile(path, func(w io.Writer) ([]string, error) { return jepsen.WriteJSON(ctx, w, src, as) })
	case Plume:
		return writeFile(path, func(w io.Writer) ([]string, error) { return plume.Write(ctx, w, src) })
	case AWDIT:
		return writeFile(path, func(w io.Writer) ([]string, error) { return awdit.Write(ctx, w, src) })
	case DBCop:
		return writeFile(path, func(w io.Writer) ([]string, error) { return dbcop.WriteJSON(ctx, w, src) })
	case DBCopText:
		return writeFile(path, func(w io.Writer) ([]string, error) { return dbcop.WriteText(ctx, w, src) })
	case DBCopBincode:
		return writeFile(path, func(w io.Writer) ([]string, error) { return dbcop.WriteBincode(ctx, w, src) })
	case Cobra:
		return cobra.Write(ctx, path, src)
	}
	_, err := Parse(string(format))
	return nil, err
}
