package provision

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/moby/moby/client"
)

// The labels of a container that ends with its run: where it was started and
// the folder whose lock its run holds.
const (
	labelRun    = "isocheck.run"
	labelHost   = "isocheck.host"
	labelFolder = "isocheck.folder"
)

// labels mark a container. One that is to be kept has no folder.
func labels(run string, f *folder) map[string]string {
	l := map[string]string{labelRun: run}
	if f != nil {
		l[labelHost], _ = os.Hostname()
		l[labelFolder] = f.path
	}
	return l
}

// sweepContainers removes the containers that dead runs of this machine have
// left behind, and only those. Where it cannot, the next start tries again.
func sweepContainers(ctx context.Context, api client.APIClient) {
	host, err := os.Hostname()
	if err != nil || !startsBinaries {
		return // without locks nobody can tell the dead from the living
	}
	found, err := api.ContainerList(ctx, client.ContainerListOptions{
		All:     true,
		Filters: make(client.Filters).Add("label", labelFolder, labelHost+"="+host),
	})
	if err != nil {
		return
	}
	for _, c := range found.Items {
		if abandoned(c.Labels[labelFolder]) {
			_, _ = api.ContainerRemove(ctx, c.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
		}
	}
}

// abandoned reports whether nobody looks after the folder any more.
func abandoned(path string) bool {
	lock, err := lockFree(filepath.Join(path, lockName))
	if err == nil {
		lock.Close()
		return true
	}
	return errors.Is(err, fs.ErrNotExist)
}
