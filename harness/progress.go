package harness

import (
	"sync"
	"time"
)

// Phase is what a run is doing.
type Phase string

// The phases, in order.
const (
	Connecting   Phase = "connecting"
	SettingUp    Phase = "setting up"
	Running      Phase = "running"
	ReadingFinal Phase = "reading the final state"
	Closing      Phase = "closing the history"
)

// Progress is how far a run has got.
type Progress struct {
	Phase Phase
	// Elapsed is how long the clients have run, Left how long they still will.
	Elapsed, Left time.Duration
	Totals
	// PerSecond is how many transactions committed per second lately.
	PerSecond float64
}

const (
	progressEvery = 200 * time.Millisecond
	// rateOver is how many of the last reports PerSecond looks back: one second.
	rateOver = 5
)

// monitor watches a run from a goroutine of its own: it reports progress, and
// stops the run as soon as the history cannot be written.
type monitor struct {
	run  *run
	quit chan struct{}
	gone chan struct{}

	mu     sync.Mutex
	phase  Phase
	start  time.Time // of the clients; zero until then
	finish time.Time // of the clients; zero until then

	recent []sample // the last reports, oldest first
}

// sample is how many transactions had committed at one time.
type sample struct {
	at        time.Time
	committed int64
}

func startMonitor(r *run) *monitor {
	m := &monitor{run: r, quit: make(chan struct{}), gone: make(chan struct{}), phase: Connecting}
	go m.loop()
	return m
}

// end reports a last time and ends the goroutine.
func (m *monitor) end() {
	close(m.quit)
	<-m.gone
}

func (m *monitor) loop() {
	defer close(m.gone)
	ticker := time.NewTicker(progressEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			m.look()
		case <-m.quit:
			m.look()
			return
		}
	}
}

// look reports progress and checks that the history can be written.
func (m *monitor) look() {
	now := time.Now()
	p := m.progress(now)
	if p.Phase == Running {
		if err := m.run.writer.Err(); err != nil {
			m.run.halt("the history cannot be written", nil)
		}
	}
	if m.run.cfg.Progress != nil {
		m.run.cfg.Progress(p)
	}
}

func (m *monitor) progress(now time.Time) Progress {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := Progress{Phase: m.phase, Left: m.run.cfg.Duration, Totals: m.run.totals()}
	if m.start.IsZero() {
		return p
	}
	if !m.finish.IsZero() {
		now = m.finish
	}
	p.Elapsed = now.Sub(m.start)
	p.Left = max(0, m.run.cfg.Duration-p.Elapsed)
	p.PerSecond = m.rate(sample{now, p.Committed})
	return p
}

// rate is the throughput since the oldest of the recent samples.
func (m *monitor) rate(s sample) float64 {
	if len(m.recent) == 0 {
		m.recent = append(m.recent, sample{at: m.start})
	}
	if last := m.recent[len(m.recent)-1]; s.at.After(last.at) {
		m.recent = append(m.recent, s)
	}
	if len(m.recent) > rateOver+1 {
		m.recent = m.recent[1:]
	}
	first, last := m.recent[0], m.recent[len(m.recent)-1]
	if took := last.at.Sub(first.at).Seconds(); took > 0 {
		return float64(last.committed-first.committed) / took
	}
	return 0
}

// enter says which phase the run is in.
func (m *monitor) enter(phase Phase) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.phase == Running {
		m.finish = time.Now()
	}
	m.phase = phase
	if phase == Running {
		m.start = time.Now()
	}
}
