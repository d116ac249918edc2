package provision_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/isocheck/isocheck/databases/provision"
)

// childVariable makes this test binary play an isocheck that dies: its value is how.
const childVariable = "ISOCHECK_TEST_DIE"

func TestMain(m *testing.M) {
	// The tests use images that are here; the reaper's would have to be pulled.
	_ = os.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true")
	if how := os.Getenv(childVariable); how != "" {
		die(how)
	}
	os.Exit(m.Run())
}

// die starts a server, says where it is, and ends in the way that the test asked for.
func die(how string) {
	ctx := context.Background()
	o := provision.Options{
		Database: os.Getenv("ISOCHECK_TEST_DATABASE"), Via: provision.Via(os.Getenv("ISOCHECK_TEST_VIA")),
		Image: os.Getenv("ISOCHECK_TEST_IMAGE"), Run: "dies", Keep: how == "keep",
	}
	s, err := provision.Start(ctx, o)
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println(s.LogPath)
	fmt.Println(s.StopCommand)
	fmt.Println(s.DSN)
	if how == "exit" || how == "keep" {
		os.Exit(0)
	}
	defer func() { _ = s.Stop(ctx) }()
	switch how {
	case "panic":
		panic("on purpose")
	case "panic elsewhere":
		go func() { panic("on purpose") }()
	}
	time.Sleep(time.Hour)
}
