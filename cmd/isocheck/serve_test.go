package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// isocheck serve says where it is, answers there, and ends in order when it is stopped.
func TestServe(t *testing.T) {
	for _, listen := range []string{"127.0.0.1:0", "localhost:0"} {
		t.Run(listen, func(t *testing.T) {
			dir := t.TempDir()
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			said, w := io.Pipe()
			ended := make(chan int, 1)
			go func() {
				defer func() { _ = w.Close() }()
				ended <- run(ctx, []string{"serve", dir, "--listen", listen}, strings.NewReader(""), w, w, nil)
			}()
			line, err := bufio.NewReader(said).ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			address := regexp.MustCompile(`http://\S+`).FindString(line)
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
			if err != nil {
				t.Fatalf("%q names no address: %v", line, err)
			}
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(answer.Body)
			_ = answer.Body.Close()
			if err != nil || !strings.Contains(string(body), "No results here") {
				t.Errorf("%s answers %.80q, %v", address, body, err)
			}
			stop()
			select {
			case status := <-ended:
				if status != 0 {
					t.Errorf("stopped, it exits with %d", status)
				}
			case <-time.After(20 * time.Second):
				t.Fatal("stopped, it does not end")
			}
		})
	}
}
