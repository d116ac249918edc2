package register

import "fmt"

// report counts a wrong read, and describes the first few.
func (f *facts) report(s *suspect) {
	ix := f.ix
	a := f.wrong[s.kind]
	if a == nil {
		a = &ReadAnomaly{Kind: s.kind}
		f.wrong[s.kind] = a
	}
	a.Count++
	if len(a.Examples) == f.most {
		return
	}
	e := WrongRead{
		Reader: ix.id[s.txn], ReaderOp: int(s.op), WriterOp: -1, EarlierOp: int(s.earlier),
		Table: int(ix.objects.table[s.object]), Key: ix.objects.key[s.object], Value: s.value,
	}
	if s.write >= 0 {
		e.Writer, e.WriterOp = ix.id[ix.writeTxn[s.write]], int(ix.writeOp[s.write])
	}
	e.Text = e.describe(s.kind, f.name(e.Table, e.Key))
	a.Examples = append(a.Examples, e)
}

func (e *WrongRead) describe(kind ReadAnomalyKind, object string) string {
	read := fmt.Sprintf("transaction %s read %d from %s", e.Reader, e.Value, object)
	switch kind {
	case GarbageRead:
		return read + ", and nobody wrote that"
	case FutureRead:
		if e.Writer == e.Reader {
			return read + ", which it wrote only later"
		}
		return fmt.Sprintf("%s before transaction %s sent that write", read, e.Writer)
	case InternalRead:
		return read + ", though it had itself written another value last"
	case DirtyRead:
		return fmt.Sprintf("%s, which transaction %s wrote, and that had no effect", read, e.Writer)
	case IntermediateRead:
		return fmt.Sprintf("%s, which transaction %s wrote and then replaced", read, e.Writer)
	default:
		return read + ", and before that another value"
	}
}

// reads returns what was found of every kind of wrong read.
func (f *facts) reads() []ReadAnomaly {
	var all []ReadAnomaly
	for _, kind := range ReadAnomalies() {
		if a := f.wrong[kind]; a != nil {
			all = append(all, *a)
		}
	}
	return all
}
