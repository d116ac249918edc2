package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/isocheck/isocheck/reports/serve"
)

const serveLong = `Show saved results in a browser: all of a folder and of the folders in it, how
verdicts and throughput changed over time, and any of them compared.

The page is for this machine only: it is served on the loopback interface, and
nowhere else. Ctrl-C ends it.`

const serveExample = `  # All results that runs have written here
  isocheck serve isocheck-results

  # On a port of your choice
  isocheck serve isocheck-results --listen 127.0.0.1:9000`

// defaultListen is where the page is served.
const defaultListen = "127.0.0.1:8484"

func newServe(a *app) *cobra.Command {
	var listen string
	cmd := &cobra.Command{
		Use:                   "serve DIR [FLAGS]",
		DisableFlagsInUseLine: true,
		Short:                 "Show saved results and their history in a browser",
		Long:                  serveLong,
		Example:               serveExample,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("which folder? Say isocheck serve DIR; runs write to isocheck-results")
			}
			if info, err := os.Stat(args[0]); err != nil || !info.IsDir() {
				return usagef("%s is no folder", args[0])
			}
			if !serve.IsLoopback(listen) {
				return usagef("--listen %s: results are served to this machine only; write 127.0.0.1:PORT, [::1]:PORT or localhost:PORT", listen)
			}
			if _, _, err := net.SplitHostPort(listen); err != nil {
				return usagef("--listen %s: write HOST:PORT, for example %s", listen, defaultListen)
			}
			return a.serve(cmd.Context(), args[0], listen)
		},
	}
	cmd.Flags().SortFlags = false
	inGroup(cmd.Flags(), "Where to serve", func(set *pflag.FlagSet) {
		set.StringVar(&listen, "listen", defaultListen, "`ADDRESS` of the loopback interface; port 0 takes any that is free")
	})
	return cmd
}

// The times after which a browser that does not go on is given up, and what is under way at the end.
const (
	headerTime   = 10 * time.Second
	idleTime     = 2 * time.Minute
	shutdownTime = 3 * time.Second
)

// serve shows a folder of results until the invocation is stopped.
func (a *app) serve(ctx context.Context, dir, listen string) error {
	handler, err := serve.New(dir)
	if err != nil {
		return err
	}
	defer func() { _ = handler.Close() }()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return fmt.Errorf("serving on %s: %w (choose another with --listen)", listen, err)
	}
	// A name such as localhost may stand for more than it should.
	if !serve.IsLoopback(listener.Addr().String()) {
		_ = listener.Close()
		return fmt.Errorf("serving on %s: it stands for %s, which is not this machine's own", listen, listener.Addr())
	}
	stops := catchSignals(ctx, func(bool) {})
	defer stops.release()
	server := &http.Server{Handler: handler, ReadHeaderTimeout: headerTime, IdleTimeout: idleTime}
	fmt.Fprintf(a.stdout, "%s is at http://%s/ (Ctrl-C ends it)\n", dir, listener.Addr())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err = <-ended:
	case <-stops.soft.Done():
		patience, cancel := context.WithTimeout(stops.hard, shutdownTime)
		defer cancel()
		if err = server.Shutdown(patience); err != nil {
			err = server.Close()
		}
		if closed := <-ended; err == nil {
			err = closed
		}
	}
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving %s: %w", dir, err)
	}
	return nil
}
