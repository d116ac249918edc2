package history

import "strconv"

// appendTransactionLine appends the transaction's line, with its newline.
func appendTransactionLine(b []byte, t *Transaction) []byte {
	b = append(b, `{"txn":`...)
	b = appendTransaction(b, t)
	return append(b, "}\n"...)
}

// MarshalJSON returns the transaction as it stands in the file format.
func (t Transaction) MarshalJSON() ([]byte, error) { return appendTransaction(nil, &t), nil }

// appendTransaction appends the transaction as a JSON object. The order of the
// keys is the one that the decoder is fastest with.
func appendTransaction(b []byte, t *Transaction) []byte {
	b = append(b, `{"client":`...)
	b = strconv.AppendInt(b, int64(t.Client), 10)
	b = append(b, `,"number":`...)
	b = strconv.AppendInt(b, int64(t.Number), 10)
	if t.Name != "" {
		b = append(b, `,"name":`...)
		b = appendString(b, t.Name)
	}
	if t.Level != "" {
		b = append(b, `,"level":`...)
		b = appendString(b, string(t.Level))
	}
	if t.ReadOnly {
		b = append(b, `,"readOnly":true`...)
	}
	if t.Deferrable {
		b = append(b, `,"deferrable":true`...)
	}
	if t.Replica {
		b = append(b, `,"replica":true`...)
	}
	b = appendNonzero(b, `,"attempt":`, int64(t.Attempt))
	b = append(b, `,"outcome":"`...)
	b = append(b, t.Outcome.String()...)
	b = append(b, '"')
	b = appendNonzero(b, `,"start":`, t.Start)
	b = appendNonzero(b, `,"finish":`, t.Finish)
	b = appendNonzero(b, `,"end":`, t.End)
	b = appendError(b, t.Error)
	if len(t.Ops) > 0 {
		b = append(b, `,"ops":[`...)
		for i := range t.Ops {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendOp(b, &t.Ops[i])
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

func appendOp(b []byte, o *Op) []byte {
	b = append(b, `{"kind":"`...)
	b = append(b, o.Kind.String()...)
	b = append(b, '"')
	if o.Lock != NoLock {
		b = append(b, `,"lock":"`...)
		b = append(b, o.Lock.String()...)
		b = append(b, '"')
	}
	b = appendNonzero(b, `,"table":`, int64(o.Table))
	b = appendNonzero(b, `,"key":`, o.Key)
	b = appendWhere(b, o.Where)
	b = appendNonzero(b, `,"limit":`, int64(o.Limit))
	b = appendAssigns(b, `,"set":[{"column":`, o.Set)
	b = appendAssigns(b, `,"update":[{"column":`, o.Update)
	b = appendRows(b, o.Rows)
	if o.Gap {
		b = append(b, `,"gap":true`...)
	}
	b = appendNonzero(b, `,"start":`, o.Start)
	b = appendNonzero(b, `,"end":`, o.End)
	if o.Statement >= 0 {
		b = append(b, `,"statement":`...)
		b = strconv.AppendInt(b, int64(o.Statement), 10)
	}
	b = appendError(b, o.Error)
	return append(b, '}')
}

func appendWhere(b []byte, where Predicate) []byte {
	for i := range where {
		c := &where[i]
		b = append(b, separator(i, `,"where":[{"column":`, `,{"column":`)...)
		b = strconv.AppendInt(b, int64(c.Column), 10)
		if c.Cmp != Equal {
			b = append(b, `,"cmp":"`...)
			b = append(b, c.Cmp.String()...)
			b = append(b, '"')
		}
		b = append(b, `,"value":`...)
		b = appendValue(b, &c.Value)
		b = append(b, '}')
	}
	if len(where) > 0 {
		b = append(b, ']')
	}
	return b
}

// appendAssigns appends assignments; first is what comes before the first one's column.
func appendAssigns(b []byte, first string, set []Assign) []byte {
	for i := range set {
		a := &set[i]
		b = append(b, separator(i, first, `,{"column":`)...)
		b = strconv.AppendInt(b, int64(a.Column), 10)
		if a.Op != Set {
			b = append(b, `,"op":"`...)
			b = append(b, a.Op.String()...)
			b = append(b, '"')
		}
		b = append(b, `,"value":`...)
		b = appendValue(b, &a.Value)
		b = append(b, '}')
	}
	if len(set) > 0 {
		b = append(b, ']')
	}
	return b
}

func appendRows(b []byte, rows []Row) []byte {
	for i := range rows {
		r := &rows[i]
		b = append(b, separator(i, `,"rows":[{"key":`, `,{"key":`)...)
		b = strconv.AppendInt(b, r.Key, 10)
		b = appendNonzero(b, `,"version":`, int64(r.Version))
		b = appendNonzero(b, `,"previous":`, int64(r.Previous))
		for j := range r.Values {
			b = append(b, separator(j, `,"values":[`, `,`)...)
			b = appendValue(b, &r.Values[j])
		}
		if len(r.Values) > 0 {
			b = append(b, ']')
		}
		b = append(b, '}')
	}
	if len(rows) > 0 {
		b = append(b, ']')
	}
	return b
}

func appendError(b []byte, e *Error) []byte {
	if e == nil {
		return b
	}
	b = append(b, `,"error":{"class":`...)
	b = appendString(b, string(e.Class))
	if e.Code != "" {
		b = append(b, `,"code":`...)
		b = appendString(b, e.Code)
	}
	if e.Message != "" {
		b = append(b, `,"message":`...)
		b = appendString(b, e.Message)
	}
	return append(b, '}')
}

func appendValue(b []byte, v *Value) []byte {
	switch v.Kind {
	case Int:
		return strconv.AppendInt(b, v.Int, 10)
	case Text:
		return appendString(b, v.Text)
	default:
		return append(b, "null"...)
	}
}

// appendNonzero appends a key, given with its comma, quotes and colon, and its number, unless that is zero.
func appendNonzero(b []byte, key string, n int64) []byte {
	if n == 0 {
		return b
	}
	b = append(b, key...)
	return strconv.AppendInt(b, n, 10)
}

func separator(i int, first, later string) string {
	if i == 0 {
		return first
	}
	return later
}
