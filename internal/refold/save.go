package refold

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/store"
	"mingjing/internal/trade"
)

// FoldIndicator is the indicator of findings that say a docket could not be
// made, or not be made whole.
const FoldIndicator = "FOLD"

// save judges a docket at a time and keeps it with its findings and texts.
// broken are positions of records that could not be read.
func (w *Worker) save(ctx context.Context, d *docket.Docket, at time.Time, broken []int64) (bool, error) {
	for try := 1; ; try++ {
		acted, err := w.acted(ctx, d.ID)
		if err != nil {
			return false, err
		}
		row, findings, err := w.judge(d, at, broken, acted)
		if err != nil {
			return false, err
		}
		row.Faces, row.Files = faces(d, at), detect.ComparesFiles(d)
		saved, err := w.Store.SaveDocket(ctx, row, findings, w.Texts(d, at))
		if errors.Is(err, store.ErrActed) && try < maxRounds {
			continue // they are judged by what people made of them by now
		}
		if saved && w.Observe != nil {
			w.Observe(d.ID, d.Through, at)
		}
		return saved, err
	}
}

// acted is what people made of a docket's findings.
type acted struct {
	dismissed map[string]string // by key of the finding: the digest on which it was dismissed
	through   int64             // greatest position of an act, -1
}

func (w *Worker) acted(ctx context.Context, id string) (acted, error) {
	a := acted{through: -1}
	cases, err := w.Store.Cases(ctx, []string{id})
	if err != nil {
		return a, err
	}
	for i := range cases {
		c := &cases[i]
		a.through = max(a.through, c.Position)
		if c.Dismissed != "" {
			if a.dismissed == nil {
				a.dismissed = map[string]string{}
			}
			a.dismissed[c.Key] = c.Dismissed
		}
	}
	return a, nil
}

// holds reports whether a finding is dismissed on the evidence that it has.
func (a acted) holds(f *detect.Finding) bool {
	digest, ok := a.dismissed[f.Key]
	return ok && digest == f.Digest
}

// standing are the findings that nobody dismissed.
func (a acted) standing(fs []detect.Finding) []detect.Finding {
	if len(a.dismissed) == 0 {
		return fs
	}
	return slices.DeleteFunc(slices.Clone(fs), func(f detect.Finding) bool { return a.holds(&f) })
}

// Texts are what each tier of readers may find a docket by at a time.
func (w *Worker) Texts(d *docket.Docket, at time.Time) []store.SearchRow {
	var out []store.SearchRow
	for _, r := range w.SearchRows(d, at) {
		row := store.SearchRow{Docket: d.ID, Tier: r.Tier, Text: noZero(r.Text), Title: noZero(r.Title), Day: r.Latest}
		for _, c := range r.Codes {
			row.Codes = append(row.Codes, noZero(c))
		}
		for _, t := range r.Tags {
			row.Tags = append(row.Tags, noZero(t))
		}
		for _, p := range r.Names {
			row.Names = append(row.Names, store.Mention{Role: p.Role, Name: noZero(p.Name), Code: noZero(p.Code)})
		}
		out = append(out, row)
	}
	return out
}

// faces are what each seat sees of the docket, for the feed.
func faces(d *docket.Docket, at time.Time) []store.Face {
	out := []store.Face{}
	for _, f := range disclose.Faces(d, at) {
		face := store.Face{Part: f.Row, Origin: noZero(f.Origin)}
		copy(face.Seen[:], f.Seen[:])
		out = append(out, face)
	}
	return out
}

// judge makes the rows to keep of a docket as it stands at a time: the same
// docket at the same time, with the same acts upon it, gives the same rows.
func (w *Worker) judge(d *docket.Docket, at time.Time, broken []int64, a acted) (*store.DocketRow, []store.FindingRow, error) {
	found := w.Evaluate(d, at)
	_, again := docket.Decide(d, at)
	again = sooner(again, detect.Again(found))
	for _, e := range d.Events { // what a date makes public, or past, is told anew on that date
		if e.At.After(at) {
			again = sooner(again, e.At)
			break
		}
	}
	for _, s := range w.Periods.Steps(d, at, trade.China()) { // a card counts what is late
		if s.Again.After(at) {
			again = sooner(again, s.Again)
		}
	}
	if w.Rules != nil {
		again = sooner(again, w.Rules.Next(d, at))
	}
	if !again.IsZero() && !again.After(at) {
		again = at.Add(time.Minute) // a rule that asks for the past would keep the worker running
	}
	for _, p := range broken {
		found = append(found, failure(d.ID, fmt.Sprintf("the record at position %d cannot be read", p)))
	}
	body, err := d.Encode()
	if err != nil {
		return nil, nil, err
	}
	row := &store.DocketRow{
		ID: d.ID, Class: noZero(d.Class), Region: noZero(d.Region), Title: noZero(d.Title), Through: d.Through, Evaluated: at, Again: again,
		Vector: detect.Vector(found), Body: body, Acts: &a.through,
	}
	if row.Cards, err = w.Cards(d, a.standing(found), at); err != nil {
		return nil, nil, err
	}
	found = slices.DeleteFunc(found, func(f detect.Finding) bool { return f.State != detect.Fired && f.State != detect.Failed })
	var rows []store.FindingRow
	seen, title := w.seats(found, d, at)
	score, rank := w.weigh(found, seen, row.Cards, d, at, a)
	for i := range found {
		r, err := findingRow(&found[i], d, at)
		if err != nil {
			return nil, nil, err
		}
		r.Seats, r.Title = seen[i], title
		r.Weight, r.Score, r.Rank = score.Counted(r.Key), score.Points, rank
		if !slices.ContainsFunc(rows, func(o store.FindingRow) bool { return o.Key == r.Key }) {
			rows = append(rows, r)
		}
	}
	return row, rows, nil
}

// weigh makes the docket's score of what its supervisors see, and its place in
// the queue by the money that they see at stake: neither may tell of more. An
// auditor sees no less; what they alone see has its place and no weight.
func (w *Worker) weigh(found []detect.Finding, seen []int64, cards []store.CardRow, d *docket.Docket, at time.Time, a acted) (score detect.Score, rank int64) {
	var inside []detect.Finding
	for i := range found {
		if seen[i]&(1<<disclose.NumberSupervisor) != 0 {
			inside = append(inside, found[i])
		}
	}
	settings := detect.DefaultSettings()
	if w.Rules != nil {
		settings = w.Rules.At(at)
	}
	weights := settings.Weights(d, trade.DayOf(at))
	score = detect.Weigh(inside, weights, a.holds)
	var stake *int64
	if i := slices.IndexFunc(cards, func(c store.CardRow) bool { return c.Seat == disclose.NumberSupervisor }); i >= 0 {
		stake = cards[i].Amount
	}
	rank, _ = weights.Rank(&score, stake)
	return score, rank
}

// seats tells which seats see each finding, and the docket's title as they see it.
func (w *Worker) seats(found []detect.Finding, d *docket.Docket, at time.Time) (seen []int64, title string) {
	seen = make([]int64, len(found))
	if len(found) == 0 {
		return seen, ""
	}
	for _, r := range []disclose.Reader{{Audience: disclose.Supervisor, Regions: []string{disclose.Everywhere}}, {Audience: disclose.Auditor}} {
		bit := int64(1) << r.Seat(d, at)
		for _, f := range disclose.Findings(found, d, r, at) {
			for i := range found {
				if found[i].Key == f.Key {
					seen[i] |= bit
				}
			}
		}
	}
	inside := disclose.Reader{Audience: disclose.Supervisor, Regions: []string{disclose.Everywhere}} // an auditor sees no less
	title, _ = disclose.Heading(d, inside, at, disclose.Rows(d, inside, at))
	return seen, noZero(title)
}

// noZero drops zero bytes, which databases refuse in a text column. The body
// keeps them, escaped.
func noZero(s string) string { return strings.ReplaceAll(s, "\x00", "") }

func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func findingRow(f *detect.Finding, d *docket.Docket, at time.Time) (store.FindingRow, error) {
	body, err := json.Marshal(f)
	if err != nil {
		return store.FindingRow{}, fmt.Errorf("refold: finding %s of docket %q: %w", f.Indicator, d.ID, err)
	}
	return store.FindingRow{Key: f.Key, Docket: d.ID, Lot: noZero(f.Lot), Indicator: f.Indicator, State: string(f.State), Region: noZero(d.Region), At: at, Position: d.Through, Body: body, Class: noZero(d.Class), Grade: f.Grade, Digest: f.Digest}, nil
}

func failure(id, reason string) detect.Finding {
	sum := sha256.Sum256([]byte(FoldIndicator + "\x00" + id + "\x00" + reason))
	digest := sha256.Sum256([]byte(reason))
	return detect.Finding{
		Key: hex.EncodeToString(sum[:]), Indicator: FoldIndicator, State: detect.Failed, Docket: id, Subjects: []string{}, Reason: reason, Grade: "fact",
		TextZH: "案卷未能完整生成，请告知平台维护人员", TextEN: "The docket could not be made whole; tell those who maintain the platform",
		Evidence: []docket.Ref{}, Digest: hex.EncodeToString(digest[:]),
	}
}

// saveFailed keeps what is stored of a docket that could not be made, with a
// failed finding beside what was found before.
func (w *Worker) saveFailed(ctx context.Context, id, reason string) (bool, error) {
	now := w.now()
	row, err := w.Store.Docket(ctx, id)
	if err != nil {
		return false, err
	}
	if row == nil {
		body, err := docket.Fold(id, nil).Encode()
		if err != nil {
			return false, err
		}
		row = &store.DocketRow{ID: id, Through: -1, Body: body}
	}
	old, err := w.Store.DocketFindings(ctx, id)
	if err != nil {
		return false, err
	}
	old = slices.DeleteFunc(old, func(f store.FindingRow) bool { return f.Indicator == FoldIndicator })
	f := failure(id, reason)
	fresh, err := findingRow(&f, &docket.Docket{ID: id, Region: row.Region, Through: row.Through}, now)
	if err != nil {
		return false, err
	}
	fresh.Class = row.Class
	fresh.Seats = 1<<disclose.NumberSupervisor | 1<<disclose.NumberAuditor // it rests on no record
	row.Evaluated, row.Again = now, time.Time{}
	if !incomplete(row) {
		row.Vector = strings.TrimSpace(row.Vector + " " + FoldIndicator + ":x")
	}
	var texts []store.SearchRow
	a, err := w.acted(ctx, id)
	if err != nil {
		return false, err
	}
	row.Acts = &a.through
	row.Faces, row.Cards, texts = w.seenOf(row, slices.DeleteFunc(slices.Clone(old), func(f store.FindingRow) bool { return f.Dismissed }), now)
	return w.Store.SaveDocket(ctx, row, append(old, fresh), texts)
}

// incomplete reports whether a stored docket has a finding of FoldIndicator.
func incomplete(row *store.DocketRow) bool { return strings.Contains(row.Vector, FoldIndicator+":") }

// seenOf gives faces, cards and texts of what is stored; none when they are
// what breaks.
func (w *Worker) seenOf(row *store.DocketRow, findings []store.FindingRow, at time.Time) (seen []store.Face, cards []store.CardRow, texts []store.SearchRow) {
	defer func() {
		if recover() != nil {
			seen, cards, texts = nil, nil, nil
		}
	}()
	d, err := docket.Decode(row.Body)
	if err != nil {
		return nil, nil, nil
	}
	found := make([]detect.Finding, len(findings))
	for i := range findings {
		if err := json.Unmarshal(findings[i].Body, &found[i]); err != nil {
			return nil, nil, nil
		}
	}
	if cards, err = w.Cards(d, found, at); err != nil {
		return nil, nil, nil
	}
	return faces(d, at), cards, w.Texts(d, at)
}
