package databases

// Broken reports whether the session's connection is lost, or in a state that
// nobody knows: Run begins nothing more, until Resume.
func (s *Session) Broken() bool { return s.broken }

// Resume lets the session go on with a new connection after its own was lost. It
// stays the same client: its transactions go on counting, so no version is
// written twice. What the old connection had begun is not taken up again.
func (s *Session) Resume(conn Conn) {
	s.Conn = conn
	s.broken = false
}
