package history

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

func TestLongLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "long.jsonl.zst")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewWriter(f)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(z, plainHeader)
	for range maxLine/1024 + 1 {
		if _, err := z.Write(bytes.Repeat([]byte(" "), 1024)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), ":2: the line is longer than 64 MiB") {
		t.Errorf("error %v", err)
	}
}

func TestWindowOfOtherTools(t *testing.T) {
	var text bytes.Buffer
	z, err := zstd.NewWriter(&text, zstd.WithWindowSize(64<<20))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(z, plainHeader)
	if err := errors.Join(z.Flush(), z.Close()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "wide.jsonl.zst")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); !errors.Is(err, zstd.ErrWindowSizeExceeded) || !strings.Contains(err.Error(), path) {
		t.Errorf("a stream that wants 64 MiB of memory: %v", err)
	}
}

// TestBombs reads lines that are short in the file and want to be huge in memory.
func TestBombs(t *testing.T) {
	line := func(before, element, after string, n int) string {
		return `{"txn":{"client":1,"number":1,"outcome":"committed","ops":[` + before + element + strings.Repeat(","+element, n) + after + `]}}`
	}
	for _, test := range []struct{ name, want, line string }{
		{"operations", "at most 1024 operations", line("", "{}", "", 3<<20)},
		{"rows", "at most 1048576 rows", line(`{"rows":[`, "{}", "]}", 3<<20)},
		{"values", "at most 4194304 values", line(`{"rows":[{"values":[`, "1", "]}]}", 5<<20)},
		{"conditions", "at most 65536 conditions", line(`{"where":[`, "{}", "]}", 3<<20)},
		{"assignments", "at most 65536 assignments", line(`{"set":[`, "{}", "]}", 3<<20)},
		{"brackets", "brackets that nest less deep", `{"x":` + strings.Repeat("[", 10<<20)},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "bomb.jsonl.zst")
			writeLines(t, path, plainHeader, test.line)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Load(path)
			runtime.ReadMemStats(&after)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v", err)
			}
			// All that was ever taken, most of it while buffers grew.
			if taken := after.TotalAlloc - before.TotalAlloc; taken > 1<<30 {
				t.Errorf("reading took %d MiB", taken>>20)
			}
		})
	}
}

// writeLines writes lines as they are, compressed.
func writeLines(t *testing.T, path string, lines ...string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewWriter(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		fmt.Fprintln(z, line)
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestManyStatements has more text beside the transactions than a file may have.
func TestManyStatements(t *testing.T) {
	path := filepath.Join(t.TempDir(), "texts.jsonl.zst")
	lines := []string{plainHeader}
	sql := strings.Repeat("x", 1<<19)
	for i := range 2*maxTexts>>20 + 1 {
		lines = append(lines, fmt.Sprintf(`{"statement":{"number":%d,"sql":"%s"}}`, i, sql))
	}
	writeLines(t, path, lines...)
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "more than 64 MiB") {
		t.Errorf("error %v", err)
	}
}
