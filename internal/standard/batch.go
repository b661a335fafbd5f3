package standard

import "fmt"

// Limits of a batch.
const (
	MaxRecords = 1000     // records in one batch
	MaxBody    = 64 << 20 // bytes of one batch, decompressed
)

// A Batch is what one request carried.
type Batch struct {
	Origin string // platform code that the batch as a whole names; "" when it names none
	Items  []Item // in the order sent
}

// An Item is one record of a batch, or what could not be read as one: then
// Problem refuses it under S001 and Record holds only what was understood.
type Item struct {
	Record  Record
	Raw     []byte // its bytes as sent (of GB18030: in UTF-8); shares memory with the body
	Problem *Problem
}

// A BatchError says why a body is no batch at all: nothing of it was taken.
type BatchError struct {
	Form   string // "json", "ndjson" or "xml"
	Offset int64  // byte at which it was seen
	ZH, EN string // what is wrong and what to send instead; never a value of the body
}

// Error implements error.
func (e *BatchError) Error() string {
	return fmt.Sprintf("standard: %s body at byte %d: %s", e.Form, e.Offset, e.EN)
}

// A LimitError says that a body is larger than a batch may be.
type LimitError struct {
	What  string // "records", "bytes" or "depth"
	Limit int64
}

// Error implements error.
func (e *LimitError) Error() string {
	return fmt.Sprintf("standard: the batch has more than %d %s: send it in parts", e.Limit, e.What)
}

// unreadable makes the item of something that is not a record.
func unreadableItem(raw []byte, rec Record, zh, en string) Item {
	rule := ruleByID["S001"]
	return Item{Record: rec, Raw: raw, Problem: &Problem{
		Rule: rule.ID, Severity: Refuse, TextZH: zh, TextEN: en, MendZH: rule.MendZH, MendEN: rule.MendEN,
	}}
}
