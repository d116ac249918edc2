package history

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"sync"
)

const (
	// aheadFrom is from which size on a file is decoded by several goroutines, in bytes.
	aheadFrom = 1 << 20
	// batchText is how many bytes of text one of them takes at a time.
	batchText = 128 << 10
	// mostDecoders is how many are worth while: whoever uses the transactions is slower than so many.
	mostDecoders = 3
)

// ahead decodes the lines of a stream ahead of its reader. One goroutine cuts the stream into
// batches of whole lines, others decode them, and the reader takes them in their order. The batches
// go round: there are only a few, and each is used again when the reader is done with it.
type ahead struct {
	src   io.Reader
	rest  []byte // of the text read last, what belongs to the next batch
	free  chan *batch
	work  chan *batch
	order chan *batch
	quit  chan struct{}
	all   sync.WaitGroup

	now *batch // what the reader is at
	at  int    // the next line in it
}

// batch is some lines, and what they say.
type batch struct {
	text    []byte
	lines   []decodedLine
	txns    []Transaction
	dec     decoder // has the transactions' memory
	err     error   // of the stream, after the text
	decoded chan struct{}
}

// decodedLine is one line of a batch, and what the decoder says about it.
type decodedLine struct {
	text    []byte
	kind    lineType
	txn     int // in the batch
	ok      bool
	blank   bool
	whole   bool // a newline ends it
	column  int  // of the problem
	problem string
}

// decodeAhead begins to decode a stream, of which the first bytes were read already.
func decodeAhead(src io.Reader, first []byte) *ahead {
	decoders := min(runtime.GOMAXPROCS(0), mostDecoders)
	batches := decoders + 2
	a := &ahead{
		src: src, rest: append([]byte(nil), first...), quit: make(chan struct{}),
		free: make(chan *batch, batches), work: make(chan *batch, batches), order: make(chan *batch, batches),
	}
	for range batches {
		a.free <- &batch{decoded: make(chan struct{}, 1), dec: decoder{borrow: true, gather: true}}
	}
	a.all.Add(1 + decoders)
	go a.cut()
	for range decoders {
		go func() {
			defer a.all.Done()
			for b := range a.work {
				b.decode()
				b.decoded <- struct{}{}
			}
		}()
	}
	return a
}

// stop ends the goroutines.
func (a *ahead) stop() {
	close(a.quit)
	a.all.Wait()
}

// cut cuts the stream into batches until it ends.
func (a *ahead) cut() {
	defer a.all.Done()
	defer close(a.work)
	for {
		select {
		case <-a.quit:
			return
		case b := <-a.free:
			a.fill(b)
			ended := b.err != nil
			a.order <- b
			a.work <- b
			if ended {
				return
			}
		}
	}
}

// fill reads a batch of whole lines.
func (a *ahead) fill(b *batch) {
	b.text, b.err = append(b.text[:0], a.rest...), nil
	a.rest = a.rest[:0]
	for searched, tries := 0, 0; ; {
		if len(b.text) >= batchText {
			if end := bytes.LastIndexByte(b.text[searched:], '\n'); end >= 0 {
				end += searched + 1
				a.rest = append(a.rest, b.text[end:]...)
				b.text = b.text[:end]
				return
			}
			if searched = len(b.text); searched > maxLine {
				b.text, b.err = b.text[:0], errLongLine
				return
			}
		}
		if free := cap(b.text) - len(b.text); free < batchText {
			b.text = append(make([]byte, 0, 2*len(b.text)+2*batchText), b.text...)
		}
		n, err := a.src.Read(b.text[len(b.text):cap(b.text)])
		b.text = b.text[:len(b.text)+n]
		if tries++; n > 0 {
			tries = 0
		}
		if err == nil && tries > 100 {
			err = io.ErrNoProgress
		}
		if err != nil {
			b.err = err
			if !errors.Is(err, io.EOF) { // a line that cannot be read to its end says nothing
				b.text = b.text[:bytes.LastIndexByte(b.text, '\n')+1]
			}
			return
		}
	}
}

// decode decodes the lines of a batch.
func (b *batch) decode() {
	b.lines, b.txns = b.lines[:0], b.txns[:0]
	b.dec.forget()
	for text := b.text; len(text) > 0; {
		l := decodedLine{text: text}
		if end := bytes.IndexByte(text, '\n'); end >= 0 {
			l.text, l.whole, text = text[:end], true, text[end+1:]
		} else {
			text = nil
		}
		b.txns = append(b.txns, Transaction{})
		l.txn = len(b.txns) - 1
		if l.kind, l.ok = b.dec.decode(l.text, &b.txns[l.txn]); !l.ok {
			l.blank, l.column, l.problem = b.dec.blank(), b.dec.pos+1, b.dec.problem()
		}
		b.lines = append(b.lines, l)
	}
}

// next returns the next line, and its transaction in t if it is one. At the end it returns the stream's error.
func (a *ahead) next(t *Transaction) (*decodedLine, error) {
	for a.now == nil || a.at == len(a.now.lines) {
		if a.now != nil {
			if a.now.err != nil {
				return nil, a.now.err
			}
			a.free <- a.now
		}
		a.now, a.at = <-a.order, 0
		<-a.now.decoded
	}
	l := &a.now.lines[a.at]
	a.at++
	if l.ok && l.kind == txnLine {
		*t = a.now.txns[l.txn]
	}
	return l, nil
}
