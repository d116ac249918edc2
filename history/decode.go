package history

// The most that one transaction may have. They bound the memory that a line can
// make a reader take.
const (
	maxRows       = 1 << 20 // over all operations
	maxValues     = 1 << 22 // over all rows
	maxConditions = 1 << 16 // over all operations, and the same for assignments
)

// decoder reads the lines of a file. Everything that a transaction points to is
// in the decoder's memory, which the next transaction takes over; only strings
// stay as they are.
type decoder struct {
	scanner
	ops    []Op
	rows   []Row
	values []Value
	where  []Condition
	set    []Assign
	errors []Error
	// borrow says that the texts of rows need not outlive the line.
	borrow bool
	// gather keeps the memory of all transactions until forget; begin is where that of the one at hand begins.
	gather bool
	begin  struct{ rows, values, where, set int }
}

// forget gives up the memory of the transactions that were read.
func (d *decoder) forget() {
	d.ops, d.rows, d.values, d.where, d.set, d.errors = d.ops[:0], d.rows[:0], d.values[:0], d.where[:0], d.set[:0], d.errors[:0]
}

// lineType is what a line is about.
type lineType uint8

const (
	otherLine lineType = iota // of a kind that this version does not know
	headerLine
	statementLine
	txnLine
	eventLine
	closingLine
)

var lineTypes = map[string]lineType{
	"header": headerLine, "statement": statementLine, "txn": txnLine, "event": eventLine, "closing": closingLine,
}

// decode reads one line. A transaction goes into t; of other lines it only makes
// sure that they are JSON. It is false where they are not, or t is not as it should be.
func (d *decoder) decode(line []byte, t *Transaction) (lineType, bool) {
	d.reset(line)
	kind := otherLine
	switch {
	case d.has(&tokenTxn): // as this package writes it
		if kind = txnLine; !d.transaction(t) {
			return kind, false
		}
	case d.peek() != '{' || !d.open('{'):
		return otherLine, d.fail("an object")
	}
	for d.member() {
		k := lineTypes[string(d.key)]
		if k != otherLine && kind != otherLine {
			return kind, d.fail("only one of header, statement, txn, event and closing in a line")
		}
		var ok bool
		if k == txnLine {
			ok = d.transaction(t)
		} else {
			ok = d.skip()
		}
		if !ok {
			return kind, false
		}
		if k != otherLine {
			kind = k
		}
	}
	if d.want == "" && d.peek() != 0 || d.pos < len(d.line) {
		return kind, d.fail("the end of the line")
	}
	return kind, d.want == ""
}

// UnmarshalJSON reads the transaction as it stands in the file format.
func (t *Transaction) UnmarshalJSON(text []byte) error {
	var d decoder
	d.reset(text)
	if !d.transaction(t) {
		return &FormatError{Column: d.pos + 1, Problem: d.problem()}
	}
	return nil
}

func (d *decoder) transaction(t *Transaction) bool {
	*t = Transaction{}
	if !d.gather {
		d.forget()
	}
	d.begin.rows, d.begin.values, d.begin.where, d.begin.set = len(d.rows), len(d.values), len(d.where), len(d.set)
	if d.has(&tokenClient) {
		if end, ok := d.usualTransaction(t); end || !ok {
			return ok
		}
	} else if !d.open('{') {
		return d.want == ""
	}
	for d.member() {
		var ok bool
		switch string(d.key) {
		case "client":
			t.Client, ok = d.smallInteger()
		case "number":
			t.Number, ok = d.smallInteger()
		case "name":
			t.Name, ok = d.str()
		case "level":
			var level string
			level, ok = d.str()
			t.Level = Level(level)
		case "readOnly":
			t.ReadOnly, ok = d.boolean()
		case "deferrable":
			t.Deferrable, ok = d.boolean()
		case "replica":
			t.Replica, ok = d.boolean()
		case "attempt":
			t.Attempt, ok = d.smallInteger()
		case "outcome":
			t.Outcome, ok = word[Outcome](&d.scanner, outcomeNames[:])
		case "start":
			t.Start, ok = d.integer()
		case "finish":
			t.Finish, ok = d.integer()
		case "end":
			t.End, ok = d.integer()
		case "error":
			t.Error, ok = d.failure()
		case "ops":
			t.Ops, ok = d.operations()
		default:
			ok = d.skip()
		}
		if !ok {
			return false
		}
	}
	return d.want == ""
}

// usualTransaction reads the transaction as this package writes it, from its first value on, as far
// as it is like that; end says that this was all.
func (d *decoder) usualTransaction(t *Transaction) (end, ok bool) {
	t.Client, ok = d.smallInteger()
	if ok && d.has(&tokenNumber) {
		t.Number, ok = d.smallInteger()
	}
	if ok && d.has(&tokenName) {
		t.Name, ok = d.str()
	}
	if ok && d.has(&tokenOutcome) {
		t.Outcome, ok = word[Outcome](&d.scanner, outcomeNames[:])
	}
	if ok && d.has(&tokenStart) {
		t.Start, ok = d.integer()
	}
	if ok && d.has(&tokenFinish) {
		t.Finish, ok = d.integer()
	}
	if ok && d.has(&tokenEnd) {
		t.End, ok = d.integer()
	}
	if ok && d.has(&tokenOps) {
		t.Ops, ok = d.operations()
	}
	d.fresh = false
	return ok && d.ends(), ok
}

func (d *decoder) operations() ([]Op, bool) {
	start := len(d.ops)
	if d.open('[') {
		for d.element() {
			if len(d.ops)-start == MaxOps {
				return nil, d.fail("at most 1024 operations in a transaction")
			}
			d.ops = append(d.ops, Op{Statement: -1})
			if !d.operation(&d.ops[len(d.ops)-1]) {
				return nil, false
			}
		}
	}
	return cut(d.ops, start), d.want == ""
}

func (d *decoder) operation(o *Op) bool {
	if d.has(&tokenKind) {
		if end, ok := d.usualOperation(o); end || !ok {
			return ok
		}
	} else if !d.open('{') {
		return d.want == ""
	}
	for d.member() {
		var ok bool
		switch string(d.key) {
		case "kind":
			o.Kind, ok = word[Kind](&d.scanner, kindNames[:])
		case "lock":
			o.Lock, ok = word[Lock](&d.scanner, lockNames[:])
		case "table":
			o.Table, ok = d.smallInteger()
		case "key":
			o.Key, ok = d.integer()
		case "where":
			o.Where, ok = d.conditions()
		case "limit":
			o.Limit, ok = d.smallInteger()
		case "set":
			o.Set, ok = d.assignments()
		case "update":
			o.Update, ok = d.assignments()
		case "rows":
			o.Rows, ok = d.foundRows()
		case "gap":
			o.Gap, ok = d.boolean()
		case "start":
			o.Start, ok = d.integer()
		case "end":
			o.End, ok = d.integer()
		case "statement":
			o.Statement, ok = d.statement()
		case "error":
			o.Error, ok = d.failure()
		default:
			ok = d.skip()
		}
		if !ok {
			return false
		}
	}
	return d.want == ""
}

// usualOperation reads the operation as this package writes it, from its first
// value on, as far as it is like that; end says that this was all.
func (d *decoder) usualOperation(o *Op) (end, ok bool) {
	o.Kind, ok = word[Kind](&d.scanner, kindNames[:])
	if ok && d.has(&tokenTable) {
		o.Table, ok = d.smallInteger()
	}
	if ok && d.has(&tokenKey) {
		o.Key, ok = d.integer()
	}
	if ok && d.has(&tokenSet) {
		o.Set, ok = d.assignments()
	}
	if ok && d.has(&tokenRows) {
		o.Rows, ok = d.foundRows()
	}
	if ok && d.has(&tokenStart) {
		o.Start, ok = d.integer()
	}
	if ok && d.has(&tokenEnd) {
		o.End, ok = d.integer()
	}
	if ok && d.has(&tokenStatement) {
		o.Statement, ok = d.statement()
	}
	d.fresh = false
	return ok && d.ends(), ok
}

// statement reads the number of a statement, where null is none.
func (d *decoder) statement() (int, bool) {
	d.peek()
	if d.null() {
		return -1, true
	}
	return d.smallInteger()
}

func (d *decoder) failure() (*Error, bool) {
	if !d.open('{') {
		return nil, d.want == ""
	}
	d.errors = append(d.errors, Error{})
	e := &d.errors[len(d.errors)-1]
	for d.member() {
		var ok bool
		switch string(d.key) {
		case "class":
			var class string
			class, ok = d.str()
			e.Class = ErrorClass(class)
		case "code":
			e.Code, ok = d.str()
		case "message":
			e.Message, ok = d.str()
		default:
			ok = d.skip()
		}
		if !ok {
			return nil, false
		}
	}
	return e, d.want == ""
}
