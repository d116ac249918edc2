package history

import (
	"math"
	"math/bits"
)

// histogram counts durations in buckets whose width grows with them, so that
// each is at most one part in 64 wide. It covers every int64 in at most 24 KiB,
// and only as much of it as the durations need.
type histogram struct {
	buckets []uint64
	count   uint64
	max     int64
}

const (
	bucketBits = 6 // each power of two has 1<<bucketBits buckets
	// unit is the finest difference, in nanoseconds as a power of two: about a microsecond.
	unit = 10
)

func bucketOf(d int64) int {
	n := uint64(max(d, 0)) >> unit
	if n < 1<<bucketBits {
		return int(n)
	}
	shift := bits.Len64(n) - bucketBits - 1
	return (shift+1)<<bucketBits + int(n>>shift) - 1<<bucketBits
}

// bucketEnd returns the greatest duration that falls into a bucket.
func bucketEnd(bucket int) int64 {
	if bucket < 1<<bucketBits {
		return int64(bucket+1)<<unit - 1
	}
	shift := bucket>>bucketBits - 1
	n := uint64(bucket&(1<<bucketBits-1) + 1<<bucketBits + 1)
	if end := n << shift << unit; end-1 <= math.MaxInt64 {
		return int64(end - 1)
	}
	return math.MaxInt64
}

func (h *histogram) add(d int64) {
	i := bucketOf(d)
	h.grow(i + 1)
	h.buckets[i]++
	h.count++
	h.max = max(h.max, d)
}

func (h *histogram) grow(n int) {
	if n > len(h.buckets) {
		h.buckets = append(h.buckets, make([]uint64, n-len(h.buckets))...)
	}
}

func (h *histogram) merge(other *histogram) {
	h.grow(len(other.buckets))
	for i, n := range other.buckets {
		h.buckets[i] += n
	}
	h.count += other.count
	h.max = max(h.max, other.max)
}

// quantile returns the duration that the share q of all durations does not exceed.
func (h *histogram) quantile(q float64) int64 {
	rank := max(uint64(math.Ceil(q*float64(h.count))), 1)
	var sum uint64
	for i, n := range h.buckets {
		if sum += n; sum >= rank {
			return min(bucketEnd(i), h.max)
		}
	}
	return h.max
}

func (h *histogram) summary() Latency {
	return Latency{P50: h.quantile(0.50), P95: h.quantile(0.95), P99: h.quantile(0.99), Max: h.max}
}
