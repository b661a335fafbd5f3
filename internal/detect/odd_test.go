package detect

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// lotOf gives an opened lot with a control price of ten million, an award method
// and prices as shares of the control price; the first bidder wins.
func lotOf(id, method string, shares ...float64) *docket.Docket {
	d := &docket.Docket{
		ID: id, Class: "construction", Region: "410105", Origins: []string{"P"}, Lots: []docket.Lot{{Code: "L1"}},
		Releases: []docket.Release{{Origin: "P", Lot: "L1", Seal: standard.Bid, State: "opened", Bidders: len(shares)}},
		Live: []docket.Entry{
			{Dataset: "504", Origin: "P", Key: "D", Fields: map[string]string{"BID_SECTION_CODE": "L1", "CONTROL_PRICE": "10000000", "CONTROL_PRICE_UNIT": "0", "EVALUATING_METHOD": method}},
			{Dataset: "513", Origin: "P", Key: "W", Fields: map[string]string{"BID_SECTION_CODE": "L1", "WIN_BIDDER_CODE": "B0"}},
		},
	}
	for i, s := range shares {
		d.Live = append(d.Live, docket.Entry{Dataset: "507", Origin: "P", Key: fmt.Sprint("K", i), Fields: map[string]string{
			"BID_SECTION_CODE": "L1", "BIDDER_ORG_CODE": fmt.Sprint("B", i), "BID_PRICE": fmt.Sprint(int(s * 1e7)), "PRICE_UNIT": "0",
		}})
	}
	return d
}

// peersOfPrices are honest lots of a market in which prices lie between the given shares
// of the control price.
func peersOfPrices(n int, method string, lo, hi float64) []*docket.Docket {
	rnd := rand.New(rand.NewPCG(7, uint64(n)))
	var out []*docket.Docket
	for i := range n {
		var shares []float64
		for range 5 + i%4 {
			shares = append(shares, lo+(hi-lo)*rnd.Float64())
		}
		out = append(out, lotOf(fmt.Sprint(method, i), method, shares...))
	}
	return out
}

func stateOf(t *testing.T, id string, d *docket.Docket, ed *Edition, at time.Time) Finding {
	t.Helper()
	for _, r := range Rules() {
		if r.Info().ID == id {
			return r.Look(d, Env{At: at, Peers: ed})[0]
		}
	}
	t.Fatalf("no indicator %s", id)
	return Finding{}
}

// TestOddAmongPeers: the same prices are odd in a market of wide prices and not
// in one of narrow ones; peers are those of the same kind of award method; where
// a mean decides nothing is said.
func TestOddAmongPeers(t *testing.T) {
	at := trade.Date(2026, 11, 1).Start()
	wide := MakeEdition(peersOfPrices(60, "综合评估法", 0.80, 0.99), 1, at)
	narrow := MakeEdition(peersOfPrices(60, "综合评估法", 0.9500, 0.9512), 1, at)
	close := []float64{0.9500, 0.95021, 0.95037, 0.95058, 0.95074}
	for _, c := range []struct {
		name, id, method string
		shares           []float64
		peers            *Edition
		state            State
		says             string
	}{
		{"close together where others are not", "F03", "综合评估法", close, &wide, Fired, "明显低于同类"},
		{"close together as all are", "F03", "综合评估法", close, &narrow, Clear, ""},
		{"no peers of this method", "F03", "经评审的最低投标价法", close, &wide, InsufficientData, ""},
		{"no edition", "F03", "综合评估法", close, nil, InsufficientData, ""},
		{"a mean decides", "F03", "合理低价法", close, &wide, NotApplicable, ""},
		{"an honest spread", "F03", "综合评估法", []float64{0.84, 0.86, 0.90, 0.93, 0.97}, &wide, Clear, ""},
		{"four prices are too few", "F03", "综合评估法", close[:4], &wide, NotApplicable, ""},
		{"all just under the limit", "F04", "综合评估法", []float64{0.9981, 0.9985, 0.9990, 0.9994}, &wide, Fired, "贴近最高限价"},
		{"high, but no more than others", "F04", "综合评估法", []float64{0.90, 0.95, 0.97, 0.98}, &wide, Clear, ""},
		{"the winner far below", "F04", "综合评估法", []float64{0.05, 0.90, 0.93, 0.97}, &wide, Fired, "下浮 95 %"},
		{"a loser far below", "F04", "综合评估法", []float64{0.90, 0.05, 0.93, 0.97}, &wide, Clear, ""},
		{"all end with noughts", "F05", "综合评估法", []float64{0.91, 0.9301, 0.9502, 0.9704}, &wide, Fired, "结尾"},
		{"not all end with noughts", "F05", "综合评估法", []float64{0.91, 0.9301, 0.9502, 0.9704123}, &wide, Clear, ""},
	} {
		f := stateOf(t, c.id, lotOf("T", c.method, c.shares...), c.peers, at)
		if f.State != c.state || !strings.Contains(f.TextZH, c.says) {
			t.Errorf("%s: %s %s, want %s %q: %s", c.name, c.id, f.State, c.state, c.says, f.TextZH+f.Reason)
		}
		if (f.State == Fired || f.State == Clear) && c.peers != nil && c.id != "F05" && f.Edition != c.peers.ID {
			t.Errorf("%s: edition %q", c.name, f.Edition)
		}
	}
	// A city with too few lots is compared with all regions.
	var other []*docket.Docket
	for i, d := range peersOfPrices(60, "综合评估法", 0.80, 0.99) {
		if i%4 > 0 {
			d.Region = "410305"
		}
		other = append(other, d)
	}
	all := MakeEdition(other, 1, at)
	if f := stateOf(t, "F03", lotOf("T", "综合评估法", close...), &all, at); f.State != Fired || !strings.Contains(f.TextZH, "全部地区，60 个标段") {
		t.Errorf("a small city: %s %s", f.State, f.TextZH)
	}
	few := MakeEdition(peersOfPrices(leastOdd-1, "综合评估法", 0.80, 0.99), 1, at)
	if f := stateOf(t, "F03", lotOf("T", "综合评估法", close...), &few, at); f.State != InsufficientData {
		t.Errorf("too few peers: %s", f.State)
	}
}

// TestOddOfHonestPrices measures how often chance alone fires the indicators of
// odd prices in lots drawn from the same market as their peers.
func TestOddOfHonestPrices(t *testing.T) {
	at := trade.Date(2026, 11, 1).Start()
	ed := MakeEdition(peersOfPrices(300, "综合评估法", 0.82, 0.985), 1, at)
	lots := peersOfPrices(2000, "综合评估法", 0.82, 0.985)
	for _, id := range []string{"F03", "F04", "F05"} {
		fired := 0
		for _, d := range lots {
			if stateOf(t, id, d, &ed, at).State == Fired {
				fired++
			}
		}
		t.Logf("%s: %d of %d honest lots", id, fired, len(lots))
		if fired*200 > len(lots) {
			t.Errorf("%s fires in %d of %d honest lots, more than one in two hundred", id, fired, len(lots))
		}
	}
}
