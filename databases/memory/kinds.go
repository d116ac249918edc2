package memory

// Kinds returns the kinds of histories that can be generated.
func Kinds() []Kind { return []Kind{Traced, Append, UntracedAppend} }

// Check returns an error that says what of the Config cannot be run.
func (c Config) Check() error {
	_, err := c.complete()
	return err
}
