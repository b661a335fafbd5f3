package ledger

import (
	"fmt"
	"io"
	"strings"
)

// A VerifyReport says what was checked and what was found. It never carries a
// sealed value.
type VerifyReport struct {
	Log      string        `json:"log"`
	Size     int64         `json:"size"` // records checked
	Root     string        `json:"root"` // hex, recomputed
	Checks   []VerifyCheck `json:"checks"`
	Troubles []Trouble     `json:"troubles"`
	More     int64         `json:"more,omitempty"` // troubles beyond maxTroubles
	Erased   []ErasedPart  `json:"erased,omitempty"`
}

// A VerifyCheck is one thing that was looked at. With Skipped the texts say why
// it was not.
type VerifyCheck struct {
	ID      string `json:"id"`
	Count   int64  `json:"count"`
	Skipped bool   `json:"skipped,omitempty"`
	TextZH  string `json:"zh"`
	TextEN  string `json:"en"`
}

// A Trouble is one thing that is not as it was proved to be.
type Trouble struct {
	Kind     string `json:"kind"`
	Position int64  `json:"position"`        // of the record, -1 for the log as a whole
	Field    string `json:"field,omitempty"` // committed name or column, when it is known
	TextZH   string `json:"zh"`
	TextEN   string `json:"en"`
}

// Kinds of troubles.
const (
	TroubleAltered    = "altered"    // content does not match what was logged
	TroubleMissing    = "missing"    // a record or batch is not there
	TroubleOrder      = "order"      // positions or received times do not follow each other
	TroubleTile       = "tile"       // a stored tile is not what the records give
	TroubleRoot       = "root"       // the head row's root is not what the records give
	TroubleCheckpoint = "checkpoint" // a checkpoint is damaged or its signature does not verify
	TroubleHistory    = "history"    // the log is smaller than, or different from, what a checkpoint proved
	TroubleErasure    = "erasure"    // a value is gone and no order covers it, or is there although one does
	TroubleIndex      = "index"      // a derived column (MAC, code, defects) is not what the record gives
	TroubleSignature  = "signature"  // a kept batch does not carry its author's signature, or not these records
	TroubleReceipt    = "receipt"    // a receipt does not fit the log
	TroubleDisclosed  = "disclosed"  // a disclosed-fields file does not fit the log
	TroubleDeep       = "deep"       // a docket or finding is not what the records give
)

// An ErasedPart is a lawful erasure that was found and covers what is missing.
type ErasedPart struct {
	Position int64    `json:"position"`
	Order    string   `json:"order"`
	Record   int64    `json:"record"` // position of the erasure record
	Fields   []string `json:"fields"`
}

// maxTroubles bounds the list; the rest is counted.
const maxTroubles = 1000

// OK tells whether nothing was found.
func (r *VerifyReport) OK() bool { return len(r.Troubles) == 0 }

// VerifyExit is the exit status of a check: 0 all is as it was proved, 1
// troubles were found, 2 it could not be carried out.
func VerifyExit(r *VerifyReport, err error) int {
	switch {
	case err != nil || r == nil:
		return 2
	case !r.OK():
		return 1
	}
	return 0
}

// Add appends a trouble; Deep callbacks use it too. position is -1 for the log
// as a whole.
func (r *VerifyReport) Add(kind string, position int64, field, zh, en string) {
	if len(r.Troubles) >= maxTroubles {
		r.More++
		return
	}
	r.Troubles = append(r.Troubles, Trouble{Kind: kind, Position: position, Field: field, TextZH: zh, TextEN: en})
}

// Checked notes what was checked.
func (r *VerifyReport) Checked(id string, count int64, zh, en string) {
	r.Checks = append(r.Checks, VerifyCheck{ID: id, Count: count, TextZH: zh, TextEN: en})
}

// Skipped notes what was not checked, and why.
func (r *VerifyReport) Skipped(id, zh, en string) {
	r.Checks = append(r.Checks, VerifyCheck{ID: id, Skipped: true, TextZH: zh, TextEN: en})
}

// Write writes the report for people: lang "zh", else English.
func (r *VerifyReport) Write(w io.Writer, lang string) error {
	zh := lang == "zh"
	say := func(z, e string) string {
		if zh {
			return z
		}
		return e
	}
	var b strings.Builder
	fmt.Fprintf(&b, say("日志 %s：%d 条记录，根 %s\n", "log %s: %d records, root %s\n"), r.Log, r.Size, r.Root)
	for _, c := range r.Checks {
		mark := say("已核", "checked")
		if c.Skipped {
			mark = say("未核", "NOT checked")
		}
		fmt.Fprintf(&b, "  %s  %s\n", mark, say(c.TextZH, c.TextEN))
	}
	for _, e := range r.Erased {
		fmt.Fprintf(&b, say("  第 %d 条：字段 %s 已依 %s 号决定删除（见第 %d 条）\n", "  record %d: %s erased by order %s (record %d)\n"),
			e.Position, strings.Join(e.Fields, ", "), e.Order, e.Record)
	}
	for _, t := range r.Troubles {
		where := say("日志", "log")
		if t.Position >= 0 {
			where = fmt.Sprintf(say("第 %d 条", "record %d"), t.Position)
		}
		if t.Field != "" {
			where += " " + t.Field
		}
		fmt.Fprintf(&b, say("问题  %s：%s\n", "TROUBLE  %s: %s\n"), where, say(t.TextZH, t.TextEN))
	}
	if r.More > 0 {
		fmt.Fprintf(&b, say("……另有 %d 个问题\n", "… and %d more\n"), r.More)
	}
	if r.OK() {
		b.WriteString(say("结论：所核各项均与已证明的一致\n", "result: everything checked is as it was proved\n"))
	} else {
		fmt.Fprintf(&b, say("结论：发现 %d 个问题，建议核查\n", "result: %d troubles found; have them looked into\n"), int64(len(r.Troubles))+r.More)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
