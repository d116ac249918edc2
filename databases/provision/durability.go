package provision

// durability are the arguments of a server whose commits do not wait for the
// disk, none for one with its defaults. PostgreSQL's come from its manual's section
// "Non-Durable Settings", MySQL's and MariaDB's from that of innodb_flush_log_at_trx_commit.
func (p *product) durability(unsafe bool) []string {
	switch {
	case !unsafe:
		return nil
	case p.name == "postgres":
		return []string{"-c", "fsync=off", "-c", "synchronous_commit=off"}
	}
	return []string{"--innodb-flush-log-at-trx-commit=0", "--sync-binlog=0"}
}

// arguments are those that the server is started with.
func (l *launch) arguments() []string {
	return append(l.product.arguments(l), l.product.durability(l.unsafe)...)
}
