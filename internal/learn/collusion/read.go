// Package collusion measures how well prices alone tell tenders with a known
// cartel from others, on files in the format of García Rodríguez et al. 2022 and
// by the protocols of that field. What is learnt here is a measure of the method
// and is used for nothing else.
package collusion

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// ErrFormat says that a file is not one of labelled bids.
var ErrFormat = errors.New("not a file of labelled bids")

// A Market is one file: the labelled tenders of one country.
type Market struct {
	Name    string
	Tenders []Tender // in the order of the file
	Skipped int      // rows without tender, price or label
	Firms   bool     // whether the file names bidders
}

// A Tender is the bids of one tender, in the order of the file.
type Tender struct {
	ID      string
	Bids    []float64
	Winner  []bool
	Label   []bool   // Collusive_competitor of each bid
	Firms   []string // of each bid; "" where the file does not say
	Winners bool     // whether the file says who won
}

// Read reads a file by the names of its columns: Tender, Bid_value and
// Collusive_competitor must be there, Winner and Competitors may. Stored screens
// are passed over: some do not follow their formulas. Exact duplicates are kept.
func Read(name string, r io.Reader) (*Market, error) {
	in := csv.NewReader(r)
	in.ReuseRecord = true
	in.FieldsPerRecord = -1
	head, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	column := map[string]int{}
	for i, h := range head {
		h = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))
		if _, ok := column[h]; !ok {
			column[h] = i
		}
	}
	for _, need := range []string{"tender", "bid_value", "collusive_competitor"} {
		if _, ok := column[need]; !ok {
			return nil, fmt.Errorf("%s: %w: no column %s", name, ErrFormat, need)
		}
	}
	m := &Market{Name: name}
	_, m.Firms = column["competitors"]
	_, winners := column["winner"]
	place := map[string]int{}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		field := func(name string) string {
			if i, ok := column[name]; ok && i < len(row) {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		id := tenderID(field("tender"))
		bid, err1 := strconv.ParseFloat(field("bid_value"), 64)
		label, err2 := strconv.ParseFloat(field("collusive_competitor"), 64)
		if id == "" || err1 != nil || err2 != nil || math.IsNaN(label) || !(bid > 0) || math.IsInf(bid, 1) {
			m.Skipped++
			continue
		}
		k, ok := place[id]
		if !ok {
			k = len(m.Tenders)
			place[id] = k
			m.Tenders = append(m.Tenders, Tender{ID: id, Winners: winners})
		}
		t := &m.Tenders[k]
		won, _ := strconv.ParseFloat(field("winner"), 64)
		t.Bids, t.Winner = append(t.Bids, bid), append(t.Winner, won > 0.5)
		t.Label, t.Firms = append(t.Label, label > 0.5), append(t.Firms, tenderID(field("competitors")))
	}
	if len(m.Tenders) == 0 {
		return nil, fmt.Errorf("%s: no tender with a price and a label", name)
	}
	return m, nil
}

// tenderID writes whole numbers one way: some files have 12.0 where others have 12.
func tenderID(s string) string {
	if v, err := strconv.ParseFloat(s, 64); err == nil && v == math.Trunc(v) && math.Abs(v) < 1<<53 {
		return strconv.FormatInt(int64(v), 10)
	}
	return s
}

// ReadSplits reads fixed splits: columns split and test_tender. The splits come
// in the order of their first lines.
func ReadSplits(name string, r io.Reader) ([][]string, error) {
	in := csv.NewReader(r)
	head, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(head) < 2 || strings.TrimPrefix(head[0], "\ufeff") != "split" || head[1] != "test_tender" {
		return nil, fmt.Errorf("%s: columns %v, want split and test_tender", name, head)
	}
	place := map[string]int{}
	var out [][]string
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		k, ok := place[row[0]]
		if !ok {
			k = len(out)
			place[row[0]] = k
			out = append(out, nil)
		}
		out[k] = append(out[k], tenderID(strings.TrimSpace(row[1])))
	}
}
