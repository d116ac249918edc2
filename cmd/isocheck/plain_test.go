package main

import (
	"io"
	"os"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// readPlain returns a file's content, unpacked where its name says that it is packed.
func readPlain(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".zst") {
		z, err := zstd.NewReader(f)
		if err != nil {
			return "", err
		}
		defer z.Close()
		r = z
	}
	content, err := io.ReadAll(r)
	return string(content), err
}
