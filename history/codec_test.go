package history

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// The oracle: the format as README.md describes it, read by encoding/json.
type (
	oracleLine struct {
		Txn oracleTxn `json:"txn"`
	}
	oracleTxn struct {
		Client     int          `json:"client"`
		Number     int          `json:"number"`
		Name       string       `json:"name"`
		Level      Level        `json:"level"`
		ReadOnly   bool         `json:"readOnly"`
		Deferrable bool         `json:"deferrable"`
		Replica    bool         `json:"replica"`
		Attempt    int          `json:"attempt"`
		Outcome    Outcome      `json:"outcome"`
		Start      int64        `json:"start"`
		Finish     int64        `json:"finish"`
		End        int64        `json:"end"`
		Error      *oracleError `json:"error"`
		Ops        []oracleOp   `json:"ops"`
	}
	oracleOp struct {
		Kind  Kind  `json:"kind"`
		Lock  Lock  `json:"lock"`
		Table int   `json:"table"`
		Key   int64 `json:"key"`
		Where []struct {
			Column int         `json:"column"`
			Cmp    Comparison  `json:"cmp"`
			Value  oracleValue `json:"value"`
		} `json:"where"`
		Limit  int            `json:"limit"`
		Set    []oracleAssign `json:"set"`
		Update []oracleAssign `json:"update"`
		Rows   []struct {
			Key      int64         `json:"key"`
			Version  Version       `json:"version"`
			Previous Version       `json:"previous"`
			Values   []oracleValue `json:"values"`
		} `json:"rows"`
		Gap       bool         `json:"gap"`
		Start     int64        `json:"start"`
		End       int64        `json:"end"`
		Statement *int         `json:"statement"`
		Error     *oracleError `json:"error"`
	}
	oracleAssign struct {
		Column int         `json:"column"`
		Op     AssignOp    `json:"op"`
		Value  oracleValue `json:"value"`
	}
	oracleError struct {
		Class   ErrorClass `json:"class"`
		Code    string     `json:"code"`
		Message string     `json:"message"`
	}
	oracleValue struct{ Value }
)

func (v *oracleValue) UnmarshalJSON(text []byte) error {
	switch {
	case string(text) == "null":
		return nil
	case text[0] == '"':
		v.Kind = Text
		return json.Unmarshal(text, &v.Text)
	}
	v.Kind = Int
	return json.Unmarshal(text, &v.Int)
}

func (e *oracleError) plain() *Error {
	if e == nil {
		return nil
	}
	return &Error{Class: e.Class, Code: e.Code, Message: e.Message}
}

func (o *oracleOp) plain() Op {
	op := Op{
		Kind: o.Kind, Lock: o.Lock, Table: o.Table, Key: o.Key, Limit: o.Limit, Gap: o.Gap,
		Start: o.Start, End: o.End, Statement: -1, Error: o.Error.plain(),
	}
	if o.Statement != nil {
		op.Statement = *o.Statement
	}
	for _, c := range o.Where {
		op.Where = append(op.Where, Condition{Column: c.Column, Cmp: c.Cmp, Value: c.Value.Value})
	}
	for _, a := range o.Set {
		op.Set = append(op.Set, Assign{Column: a.Column, Op: a.Op, Value: a.Value.Value})
	}
	for _, a := range o.Update {
		op.Update = append(op.Update, Assign{Column: a.Column, Op: a.Op, Value: a.Value.Value})
	}
	for _, r := range o.Rows {
		row := Row{Key: r.Key, Version: r.Version, Previous: r.Previous}
		for _, v := range r.Values {
			row.Values = append(row.Values, v.Value)
		}
		op.Rows = append(op.Rows, row)
	}
	return op
}

// readByOracle reads a transaction's line with encoding/json.
func readByOracle(line []byte) (Transaction, error) {
	var l oracleLine
	if err := json.Unmarshal(line, &l); err != nil {
		return Transaction{}, err
	}
	o := l.Txn
	t := Transaction{
		Client: o.Client, Number: o.Number, Name: o.Name, Level: o.Level, Start: o.Start, Finish: o.Finish, End: o.End,
		Outcome: o.Outcome, Error: o.Error.plain(), ReadOnly: o.ReadOnly, Deferrable: o.Deferrable, Replica: o.Replica, Attempt: o.Attempt,
	}
	for i := range o.Ops {
		t.Ops = append(t.Ops, o.Ops[i].plain())
	}
	return t, nil
}

// read decodes a transaction's line.
func read(d *decoder, line []byte) (Transaction, error) {
	var t Transaction
	kind, ok := d.decode(line, &t)
	if !ok {
		return t, fmt.Errorf("column %d: %s", d.pos+1, d.problem())
	}
	if kind != txnLine {
		return t, fmt.Errorf("line of kind %d", kind)
	}
	return t.Clone(), nil
}

func TestCodecAgreesWithEncodingJSON(t *testing.T) {
	h := testHeader()
	var d decoder // the same for all: it must carry nothing over
	rapid.Check(t, func(t *rapid.T) {
		want := someTransactions(&h).Draw(t, "transaction")
		line := appendTransactionLine(nil, &want)
		if strings.Count(string(line), "\n") != 1 {
			t.Fatalf("newline inside the line %q", line)
		}
		byOracle, err := readByOracle(line)
		if err != nil {
			t.Fatalf("encoding/json cannot read %s: %v", line, err)
		}
		if diff := cmp.Diff(want, byOracle); diff != "" {
			t.Fatalf("encoding/json reads something else from %s (-want +got):\n%s", line, diff)
		}
		got, err := read(&d, line)
		if err != nil {
			t.Fatalf("reading %s: %v", line, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("round trip of %s (-want +got):\n%s", line, diff)
		}
	})
}

// disguise writes JSON again with other white space, other key order, other
// escapes and keys that nobody knows, without changing what it means.
func disguise(t *rapid.T, v any) string {
	space := func() string { return rapid.SampledFrom([]string{"", "", " ", "\t\r\n "}).Draw(t, "space") }
	var b strings.Builder
	b.WriteString(space())
	switch v := v.(type) {
	case map[string]any:
		var members []string
		for key, value := range v {
			members = append(members, disguise(t, key)+":"+disguise(t, value))
		}
		if rapid.Bool().Draw(t, "extra") {
			members = append(members, `"new\u002d key" :[1.5e-3,{"a":[],"b":{}},"\ud83d\ude00",true,false,null,-0]`)
		}
		b.WriteString("{" + strings.Join(rapid.Permutation(members).Draw(t, "order"), ",") + space() + "}")
	case []any:
		var elements []string
		for _, e := range v {
			elements = append(elements, disguise(t, e))
		}
		b.WriteString("[" + strings.Join(elements, ",") + space() + "]")
	case string:
		b.WriteByte('"')
		for _, r := range v {
			if r < 0x10000 && rapid.IntRange(0, 9).Draw(t, "escape") == 0 {
				fmt.Fprintf(&b, `\u%04X`, r)
			} else {
				quoted := appendString(nil, string(r))
				b.Write(quoted[1 : len(quoted)-1])
			}
		}
		b.WriteByte('"')
	case nil:
		b.WriteString("null")
	default:
		fmt.Fprint(&b, v)
	}
	b.WriteString(space())
	return b.String()
}

func TestDecoderAcceptsAnyJSON(t *testing.T) {
	h := testHeader()
	var d decoder
	rapid.Check(t, func(t *rapid.T) {
		want := someTransactions(&h).Draw(t, "transaction")
		dec := json.NewDecoder(strings.NewReader(string(appendTransactionLine(nil, &want))))
		dec.UseNumber()
		var tree any
		if err := dec.Decode(&tree); err != nil {
			t.Fatal(err)
		}
		line := disguise(t, tree)
		got, err := read(&d, []byte(line))
		if err != nil {
			t.Fatalf("reading %s: %v", line, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("reading %s (-want +got):\n%s", line, diff)
		}
	})
}

func TestStringsOfAnyBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		quoted := appendString(nil, s)
		var want string
		if err := json.Unmarshal(quoted, &want); err != nil {
			t.Fatalf("encoding/json cannot read %q: %v", quoted, err)
		}
		if replaced := strings.ToValidUTF8(s, "\ufffd"); utf8.ValidString(s) && want != s || len(want) < len(replaced) {
			t.Fatalf("%q became %q", s, want)
		}
		var sc scanner
		sc.reset(quoted)
		if got, ok := sc.text(); !ok || string(got) != want {
			t.Fatalf("%q: got %q, encoding/json %q", quoted, got, want)
		}
		// The decoder replaces bytes that are not UTF-8 as encoding/json does, too.
		raw := []byte(`"` + s + `"`)
		if json.Unmarshal(raw, &want) == nil {
			sc.reset(raw)
			if got, ok := sc.text(); !ok || string(got) != want {
				t.Fatalf("%q: got %q, encoding/json %q", raw, got, want)
			}
		}
	})
}

func TestTransactionIsJSON(t *testing.T) {
	h := testHeader()
	rapid.Check(t, func(t *rapid.T) {
		want := someTransactions(&h).Draw(t, "transaction")
		text, err := json.Marshal([]Transaction{want})
		if err != nil {
			t.Fatal(err)
		}
		var got []Transaction
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("reading %s: %v", text, err)
		}
		if diff := cmp.Diff(want, got[0].Clone()); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}
