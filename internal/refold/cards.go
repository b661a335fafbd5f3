package refold

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/store"
	"mingjing/internal/trade"
)

// Cards are what lists show of a docket to each seat at a time.
func (w *Worker) Cards(d *docket.Docket, found []detect.Finding, at time.Time) ([]store.CardRow, error) {
	var out []store.CardRow
	for _, c := range disclose.Cards(d, found, w.Periods, at) {
		row, err := cardRow(&c)
		if err != nil {
			return nil, fmt.Errorf("refold: card of docket %q: %w", d.ID, err)
		}
		out = append(out, row)
	}
	return out, nil
}

func cardRow(c *disclose.SeatCard) (store.CardRow, error) {
	row := store.CardRow{
		Docket: c.ID, Seat: c.Seat, Origin: noZero(c.Origin), Several: c.Several, Class: noZero(c.Class), Region: noZero(c.Region), Title: noZero(c.Title),
		Stage: slices.Index(trade.Stages(), trade.Stage(c.Stage)), First: c.First, Last: c.Last, Late: c.Late, Edition: disclose.SearchEdition(),
	}
	for _, o := range c.Origins {
		row.Origins = append(row.Origins, noZero(o))
	}
	for _, l := range c.Lots {
		row.Moments |= disclose.MomentBit(l.Moment)
	}
	if c.Amount != nil {
		row.Amount = &c.Amount.Fen
	}
	for i := range c.Sittings {
		days, open := c.Sittings[i].Days()
		for _, d := range days {
			if row.Days == nil {
				row.Days = map[string]bool{}
			}
			row.Days[d.String()] = row.Days[d.String()] || open
		}
	}
	if c.Warnings != nil {
		row.Facts, row.Clues, row.Indicators = c.Warnings.Fact, c.Warnings.Clue, c.Warnings.Indicators
	}
	var err error
	row.Body, err = c.Encode()
	return row, err
}

// cardDetail says where stored cards are not those that the fold gives; "" when
// they are.
func cardDetail(have, want []store.CardRow) string {
	if len(have) != len(want) {
		return fmt.Sprintf("%d cards are stored, the fold gives %d", len(have), len(want))
	}
	for i := range want {
		w := &want[i]
		j := slices.IndexFunc(have, func(h store.CardRow) bool { return h.Seat == w.Seat && h.Origin == w.Origin })
		switch {
		case j < 0:
			return fmt.Sprintf("the card of seat %d is missing", w.Seat)
		case !bytes.Equal(have[j].Body, w.Body):
			return fmt.Sprintf("the card of seat %d says something else", w.Seat)
		case have[j].Class != w.Class || have[j].Region != w.Region || have[j].Facts != w.Facts || have[j].Clues != w.Clues || have[j].Late != w.Late ||
			have[j].Moments != w.Moments || have[j].Stage != w.Stage || !have[j].Last.Equal(w.Last):
			return fmt.Sprintf("the card of seat %d is put in lists by something else", w.Seat)
		}
	}
	return ""
}
