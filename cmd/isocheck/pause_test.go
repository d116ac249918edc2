package main

import "time"

// pause waits a little between two looks at something that another process does.
func pause() { time.Sleep(5 * time.Millisecond) }
