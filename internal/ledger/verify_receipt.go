package ledger

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"golang.org/x/mod/sumdb/note"
)

// A shown is a receipt or a disclosed-fields file handed in to be checked.
type shown struct {
	receipts  []Receipt
	disclosed []Disclosed
}

// ParseReceipts reads a receipt file: one receipt, an array of them, or a door's
// whole answer to a batch, in JSON.
func ParseReceipts(raw []byte) ([]Receipt, error) {
	raw = bytes.TrimSpace(raw)
	var rs []Receipt
	var err error
	if len(raw) > 0 && raw[0] == '[' {
		err = json.Unmarshal(raw, &rs)
	} else {
		var one struct {
			Receipt
			Answers []struct {
				Receipt *Receipt `json:"receipt"`
			} `json:"answers"`
		}
		err = json.Unmarshal(raw, &one)
		if one.Answers == nil {
			rs = append(rs, one.Receipt)
		}
		for _, a := range one.Answers {
			if a.Receipt != nil { // a refused record has none
				rs = append(rs, *a.Receipt)
			}
		}
		if err == nil && len(rs) == 0 {
			return nil, errors.New("receipt file: the answer has no receipt: every record was refused")
		}
	}
	if err != nil {
		return nil, fmt.Errorf("receipt file is not JSON of a receipt: %w", err)
	}
	for i := range rs {
		if h, err := hex.DecodeString(rs[i].Leaf); err != nil || len(h) != 32 || rs[i].Position < 0 || rs[i].Log == "" {
			return nil, fmt.Errorf("receipt file: receipt %d has no log, leaf (64 hex digits) or position", i+1)
		}
	}
	return rs, nil
}

func parseShown(receipt, disclosed []byte) (s shown, err error) {
	if len(receipt) > 0 {
		if s.receipts, err = ParseReceipts(receipt); err != nil {
			return s, err
		}
	}
	if len(disclosed) > 0 {
		s.disclosed, err = ParseDisclosed(disclosed)
	}
	return s, err
}

// claims checks what can be checked without the log and returns the receipts'
// checkpoints, which the log must fit.
func (s *shown) claims(r *VerifyReport, v note.Verifier) []claim {
	var claims []claim
	for i := range s.receipts {
		rec := &s.receipts[i]
		if rec.Checkpoint == "" {
			continue
		}
		c, err := CheckReceipt(rec, v)
		if err != nil {
			r.Add(TroubleReceipt, rec.Position, "", fmt.Sprintf("回执的证明不成立：%v", err), fmt.Sprintf("the receipt's proof does not hold: %v", err))
			continue
		}
		claims = append(claims, claim{c, TroubleReceipt, fmt.Sprintf("第 %d 条的回执", rec.Position), fmt.Sprintf("the receipt of record %d", rec.Position)})
	}
	return claims
}

// CheckReceipt verifies a receipt by itself: the signature of its checkpoint
// and the inclusion proof. It does not look at the log.
func CheckReceipt(rec *Receipt, v note.Verifier) (Checkpoint, error) {
	if v == nil {
		return Checkpoint{}, fmt.Errorf("%w: no public key of the log is at hand", ErrCheckpoint)
	}
	c, err := OpenCheckpoint([]byte(rec.Checkpoint), v)
	if err != nil {
		return c, err
	}
	if rec.Log != c.Origin {
		return c, fmt.Errorf("%w: the receipt is of log %q", ErrCheckpoint, rec.Log)
	}
	leaf, err := hex.DecodeString(rec.Leaf)
	if err != nil || len(leaf) != 32 {
		return c, fmt.Errorf("leaf %.70q is not 64 hex digits", rec.Leaf)
	}
	return c, CheckInclusion(c, rec.Position, Hash(leaf), rec.Proof)
}

func (s *shown) watch(w *treeWalk) {
	for i := range s.receipts {
		w.want[s.receipts[i].Position] = nil
	}
	for i := range s.disclosed {
		w.want[s.disclosed[i].Position] = nil
	}
}

// compare compares receipts and disclosed fields with the leaves of the log.
func (s *shown) compare(r *VerifyReport, w *treeWalk) {
	untimed := 0
	for i := range s.receipts {
		rec := &s.receipts[i]
		if rec.Log != r.Log {
			r.Add(TroubleReceipt, rec.Position, "", fmt.Sprintf("回执属于日志 %s", rec.Log), fmt.Sprintf("the receipt is of log %s", rec.Log))
			continue
		}
		compareLeaf(r, w, TroubleReceipt, rec.Position, rec.Leaf, "回执", "the receipt")
		switch at, ok := w.times[rec.Position]; {
		case rec.Received == "":
		case !ok:
			untimed++ // the leaf commits to the time, but only the row tells it
		case at != rec.Received:
			r.Add(TroubleReceipt, rec.Position, FieldReceived, "回执的收到时间与日志中的不同："+at, "the receipt has another received time than the log: "+at)
		}
	}
	if untimed > 0 {
		r.Skipped("receipt", "回执的收到时间：需在平台内（--data）或以披露字段核对", "the received time of the receipts: it is checked from inside (--data) or by disclosed fields")
	}
	if n := len(s.receipts); n > 0 {
		proofs := 0
		for i := range s.receipts {
			if s.receipts[i].Checkpoint != "" {
				proofs++
			}
		}
		r.Checked("receipt", int64(n), fmt.Sprintf("回执 %d 份（其中 %d 份带证明）与日志比对", n, proofs), fmt.Sprintf("%d receipts compared with the log, %d of them with a proof", n, proofs))
	}
	for i := range s.disclosed {
		d := &s.disclosed[i]
		if d.Log != r.Log {
			r.Add(TroubleDisclosed, d.Position, "", fmt.Sprintf("披露文件属于日志 %s", d.Log), fmt.Sprintf("the disclosed fields are of log %s", d.Log))
			continue
		}
		if err := CheckDisclosed(d); err != nil {
			r.Add(TroubleDisclosed, d.Position, "", fmt.Sprintf("披露的字段与其叶值不符：%v", err), fmt.Sprintf("the disclosed fields do not give their leaf: %v", err))
			continue
		}
		compareLeaf(r, w, TroubleDisclosed, d.Position, d.Leaf, "披露文件", "the disclosed-fields file")
		r.Checked("disclosed", int64(len(d.Fields)), fmt.Sprintf("第 %d 条的 %d 个披露字段（另有 %d 个未披露）", d.Position, len(d.Fields), len(d.Commitments)),
			fmt.Sprintf("%d disclosed fields of record %d (%d more not shown)", len(d.Fields), d.Position, len(d.Commitments)))
	}
}

func compareLeaf(r *VerifyReport, w *treeWalk, kind string, position int64, leaf, zh, en string) {
	have := w.want[position]
	switch {
	case have == nil:
		r.Add(kind, position, "", fmt.Sprintf("%s所指的记录不在已核的 %d 条之内", zh, r.Size), fmt.Sprintf("%s names a record that is not among the %d checked", en, r.Size))
	case hex.EncodeToString(have[:]) != leaf:
		r.Add(kind, position, "", zh+"的叶值与日志中的不同：记录被换过，或文件被改动", en+" has another leaf than the log: the record was replaced, or the file altered")
	}
}
