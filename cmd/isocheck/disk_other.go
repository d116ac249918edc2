//go:build !unix

package main

import "errors"

// freeDisk is not known on this system.
func freeDisk(string) (uint64, error) { return 0, errors.ErrUnsupported }
