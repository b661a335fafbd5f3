package exchange

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/exchange/signature"
	"mingjing/internal/standard"
	"mingjing/internal/store"
	"mingjing/internal/trade"
)

// A Noted is what is kept of one request at the door for the staff of its
// source. It holds no value of a field. Records of sealed data sets, and those
// that could not be read, are in Whole only: Open is what may be listed.
type Noted struct {
	Dry       bool    `json:"dry,omitzero"`
	Bytes     int     `json:"bytes,omitzero"` // of the body as sent
	Millis    float64 `json:"ms"`
	Skew      *int64  `json:"skew,omitzero"`      // seconds by which the signer's clock was before ours (negative: behind)
	Algorithm string  `json:"algorithm,omitzero"` // as the request named it
	Plain     bool    `json:"plain,omitzero"`     // the signed address was http, not https
	Field     string  `json:"field,omitzero"`     // component or header that was wrong
	ZH        string  `json:"zh,omitzero"`        // what was wrong
	EN        string  `json:"en,omitzero"`
	Base      string  `json:"base,omitzero"` // signature base as computed here, of a refused signature
	Sent      string  `json:"sent,omitzero"` // Signature-Input as it came, of the same
	Open      Tally   `json:"open"`
	Whole     Tally   `json:"whole"`
}

// A Tally counts what became of records.
type Tally struct {
	Accepted  int            `json:"accepted"`
	Defective int            `json:"defective"` // of the accepted
	Duplicate int            `json:"duplicate"`
	Refused   int            `json:"refused"`
	Rules     map[string]int `json:"rules,omitzero"` // records that broke each
}

func (t *Tally) records() int { return t.Accepted + t.Duplicate + t.Refused }

func (t *Tally) add(a *Answer, rules []string) {
	switch a.Status {
	case Accepted:
		t.Accepted++
		if len(rules) > 0 {
			t.Defective++
		}
	case Duplicate:
		t.Duplicate++
	case Refused:
		t.Refused++
	}
	for _, r := range rules {
		if t.Rules == nil {
			t.Rules = map[string]int{}
		}
		t.Rules[r]++
	}
}

// RequestStore keeps requests. Implementation: *store.DB.
type RequestStore interface {
	SaveRequests(ctx context.Context, requests []store.RequestRow, rules []store.RuleCount) error
	TidyRequests(ctx context.Context, before time.Time, most int) error
}

// Bounds of the journal.
const (
	JournalKeeps  = 30 * 24 * time.Hour // how long a request is kept
	journalMost   = 20_000              // requests kept of one source
	journalEvery  = 500 * time.Millisecond
	journalWaits  = 4096 // requests that wait to be written; further ones are not noted
	journalTidies = time.Hour
	// Who does not know a key can still name its id: refused signatures are
	// noted so many a minute and source, and no more.
	strangers = 60
	longText  = 4096 // bytes of a signature base or input that are kept
)

// Journal notes requests beside the door's work: no request waits for it, and
// what it cannot write is left out and said in the log.
type Journal struct {
	Store RequestStore
	Clock func() time.Time
	Log   *slog.Logger

	mu      sync.Mutex
	waiting []store.RequestRow
	rules   map[store.RuleCount]int64 // with Records 0
	lost    int
	minute  int64
	refused map[string]int // signatures by source, in this minute
}

// Run writes what is noted until ctx ends, then the rest.
func (j *Journal) Run(ctx context.Context) {
	tick := time.NewTicker(journalEvery)
	defer tick.Stop()
	var tidied time.Time
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			j.Flush(last)
			return
		case <-tick.C:
		}
		j.Flush(ctx)
		if now := time.Now(); now.Sub(tidied) >= journalTidies {
			tidied = now
			if err := j.Store.TidyRequests(ctx, j.Clock().Add(-JournalKeeps), journalMost); err != nil && ctx.Err() == nil {
				j.Log.Error("old requests could not be forgotten", "error", err)
			}
		}
	}
}

// Flush writes what waits now.
func (j *Journal) Flush(ctx context.Context) {
	j.mu.Lock()
	rows, counted, lost := j.waiting, j.rules, j.lost
	j.waiting, j.rules, j.lost = nil, nil, 0
	j.mu.Unlock()
	if len(rows) == 0 && len(counted) == 0 {
		return
	}
	var rules []store.RuleCount
	for c, n := range counted {
		c.Records = n
		rules = append(rules, c)
	}
	slices.SortFunc(rules, func(a, b store.RuleCount) int {
		return strings.Compare(a.Source+a.Rule+a.Dataset, b.Source+b.Rule+b.Dataset)
	})
	if err := j.Store.SaveRequests(ctx, rows, rules); err != nil {
		lost += len(rows)
	}
	if lost > 0 {
		j.Log.Warn("requests at the door were not noted", "requests", lost)
	}
}

// note takes in one request that has been answered.
func (j *Journal) note(row store.RequestRow, n *Noted, rules []store.RuleCount) {
	body, err := json.Marshal(n, json.Deterministic(true))
	if err != nil {
		return // only a defect of ours: a Noted is a plain struct
	}
	row.Body = body
	j.mu.Lock()
	defer j.mu.Unlock()
	if row.Status == ruleUnsigned.status {
		if m := row.At.Unix() / 60; m != j.minute {
			j.minute, j.refused = m, map[string]int{}
		}
		if j.refused[row.Source]++; j.refused[row.Source] > strangers {
			return
		}
	}
	for _, c := range rules {
		if j.rules == nil {
			j.rules = map[store.RuleCount]int64{}
		}
		k := c
		k.Records = 0
		j.rules[k] += c.Records
	}
	if len(j.waiting) >= journalWaits {
		j.lost++
		return
	}
	j.waiting = append(j.waiting, row)
}

// quiet are the routes whose requests may each stand for a sealed record: a
// list of them would tell how many there are. They are found by their ids.
var quiet = []string{filesPath, filesPath + "/{id}", receiptsPath}

// noting is what a call gathers for the journal on its way.
type noting struct {
	Noted
	rules []store.RuleCount
}

// took notes what became of the records of a batch. Of which data set a refused
// record would have been is not told.
func (n *noting) took(all []judged, source string, day trade.Day) {
	for i := range all {
		a := &all[i].answer
		problems := a.Defects
		if a.Status == Refused {
			problems = a.Problems
		}
		var rules []string
		for k := range problems {
			if !slices.Contains(rules, problems[k].Rule) {
				rules = append(rules, problems[k].Rule)
			}
		}
		n.Whole.add(a, rules)
		if all[i].draft.Sealing.Whole != standard.Open {
			continue
		}
		n.Open.add(a, rules)
		if n.Dry || a.Status == Duplicate {
			continue
		}
		for _, r := range rules {
			n.rules = append(n.rules, store.RuleCount{Day: day.String(), Source: source, Dataset: all[i].draft.Record.Dataset, Rule: r, Refused: a.Status == Refused, Records: 1})
		}
	}
}

// journal notes a call that has been answered: to the source that signed it, or
// to the one whose key a refused signature names.
func (d *door) journal(c *call, f *fault, began time.Time) {
	if d.Journal == nil {
		return
	}
	n := &c.note
	in, _, err := signature.Parse(c.Header)
	if err == nil && !in.Created.IsZero() {
		skew := int64(in.Created.Sub(d.Wall()).Round(time.Second) / time.Second)
		n.Skew, n.Algorithm = &skew, string(in.Algorithm)
	}
	source, key := c.source, in.KeyID
	if source == "" && f != nil && f.rule.status == ruleUnsigned.status && key != "" {
		if s, _, _, err := d.Sources.ByKey(c.Context(), key); err == nil && s != nil {
			source = s.Name
		}
	}
	if source == "" {
		return
	}
	row := store.RequestRow{ID: c.id, At: d.Clock(), Source: source, Key: key, Route: c.Method + " " + c.route, Status: c.status}
	n.Millis = float64(time.Since(began).Microseconds()) / 1000
	n.Plain = d.message(c.Request).Scheme == "http"
	row.Listed = n.Open.records() > 0 || n.Whole.records() == 0 && !slices.Contains(quiet, c.route)
	if f != nil {
		row.Rule, n.Field, n.ZH, n.EN = f.rule.id, cut(f.field, 100), cut(f.zh, 500), cut(f.en, 500)
		switch {
		case f.rule.status == ruleUnsigned.status:
			n.Base, n.Sent = cut(f.base, longText), cut(strings.Join(c.Header.Values("Signature-Input"), ", "), longText)
			row.Listed = true // nothing in it was looked at
		case f.rule == ruleUndecodable, f.rule == ruleStoreDown:
			row.Listed = false // nothing says what was in it
		}
	}
	d.Journal.note(row, &n.Noted, n.rules)
}

// cut shortens a text to so many bytes, and takes out what no store takes.
func cut(s string, most int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
