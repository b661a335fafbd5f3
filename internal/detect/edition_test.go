package detect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mingjing/internal/docket"
	"mingjing/internal/trade"
)

// TestQuantileType8 holds values computed by R: quantile(x, p, type = 8).
func TestQuantileType8(t *testing.T) {
	one2ten := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for _, v := range []struct {
		x    []float64
		p, q float64
	}{
		{one2ten, 0.5, 5.5},
		{one2ten, 0.25, 2.916666666666667},
		{one2ten, 0.75, 8.083333333333334},
		{one2ten, 0.1, 1.3666666666666667},
		{one2ten, 0.01, 1},
		{one2ten, 0.99, 10},
		{one2ten, 0, 1},
		{one2ten, 1, 10},
		{[]float64{7}, 0.5, 7},
		{[]float64{1, 2}, 0.5, 1.5},
		{[]float64{1, 2}, 0.4, 1.2666666666666666},
		{[]float64{3, 3, 3}, 0.9, 3},
	} {
		if got := quantile(v.x, v.p); math.Abs(got-v.q) > 1e-9 {
			t.Errorf("quantile(%v, %v) = %v, want %v", v.x, v.p, got, v.q)
		}
	}
	if !math.IsNaN(quantile(nil, 0.5)) {
		t.Error("a quantile of nothing is a number")
	}
}

// tenderOf gives days between issue and deadline.
func tenderOf(id, region string, days int) *docket.Docket {
	key := "N" + id
	return &docket.Docket{
		ID: id, Class: "construction", Region: region, Origins: []string{"P"},
		Live:      []docket.Entry{{Dataset: "503", Origin: "P", Key: key, Fields: map[string]string{"DOC_GET_START_TIME": "20180301"}}},
		Announced: []docket.Announced{{Kind: "deadline", At: (trade.Date(2018, 3, 1) + trade.Day(days)).Start(), Dataset: "503", Origin: "P", Key: key, Field: "BID_DOC_REFER_END_TIME", Live: true}},
	}
}

func peers() []*docket.Docket {
	var ds []*docket.Docket
	for i := range 40 {
		ds = append(ds, tenderOf(fmt.Sprint("Z", i), []string{"410105", "410100", "410122"}[i%3], 20+i%20))
	}
	for i := range 5 {
		ds = append(ds, tenderOf(fmt.Sprint("K", i), "410202", 30))
	}
	return ds
}

func TestEdition(t *testing.T) {
	at := trade.Date(2018, 6, 1).Start()
	ds := peers()
	ed := MakeEdition(ds, 1234, at)
	if ed.Position != 1234 || !strings.HasPrefix(ed.ID, "1234-") || !ed.At.Equal(at) {
		t.Errorf("edition %s at %v of %d", ed.ID, ed.At, ed.Position)
	}
	for key, n := range map[string]int{"A02|construction|410100": 40, "A02|construction|410200": 5, "A02|construction|": 45} {
		if ed.Groups[key].Count != n {
			t.Errorf("group %s has %d lots, want %d", key, ed.Groups[key].Count, n)
		}
	}
	shuffled := MakeEdition(shuffle(ds), 1234, at)
	if diff := cmp.Diff(ed, shuffled); diff != "" {
		t.Errorf("the order of dockets changed the edition: %s", diff)
	}
	if other := MakeEdition(ds[1:], 1234, at); other.ID == ed.ID {
		t.Error("other dockets, same id")
	}
}

func shuffle(ds []*docket.Docket) []*docket.Docket {
	ds = append([]*docket.Docket(nil), ds...)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(ds), func(i, j int) { ds[i], ds[j] = ds[j], ds[i] })
	return ds
}

// TestSameEditionSameFindings: a recompute at the same edition gives the same
// findings though the peers have changed since; another edition may not.
func TestSameEditionSameFindings(t *testing.T) {
	at := trade.Date(2018, 6, 1).Start()
	ed := MakeEdition(peers(), 1234, at)
	again := MakeEdition(shuffle(peers()), 1234, at)
	d := tenderOf("T", "410105", 21)
	f := newA02().Look(d, Env{At: at, Peers: &ed})[0]
	if diff := cmp.Diff(f, newA02().Look(d, Env{At: at, Peers: &again})[0]); diff != "" {
		t.Error(diff)
	}
	if f.Edition != ed.ID || f.State != Clear {
		t.Errorf("edition %q, state %s", f.Edition, f.State)
	}
	// Of 40 lots in the city, 20 to 39 days evenly, 21 days stands between the 5 % (20.6) and 10 % (21.5) quantiles.
	for _, part := range []string{"郑州市", "40 个标段", ed.ID, "5–10%"} {
		if !strings.Contains(f.TextZH, part) {
			t.Errorf("%q does not say %q", f.TextZH, part)
		}
	}
	if !strings.Contains(f.TextEN, "the median is 29.5 d") {
		t.Errorf("%q does not give the median", f.TextEN)
	}
	// Too few in the city: all regions. Peers never change the state.
	k := newA02().Look(tenderOf("T", "410202", 19), Env{At: at, Peers: &ed})[0]
	if !strings.Contains(k.TextZH, "全部地区，45 个标段") || k.State != Fired {
		t.Errorf("%s: %q", k.State, k.TextZH)
	}
	bare := newA02().Look(tenderOf("T", "410202", 19), Env{At: at})[0]
	if bare.Edition != "" || bare.State != k.State || bare.Digest != k.Digest || bare.Key != k.Key {
		t.Error("an edition changed more than words")
	}
	small := MakeEdition(peers()[:3], 5, at)
	if s := newA02().Look(d, Env{At: at, Peers: &small})[0]; strings.Contains(s.TextZH, "同类") {
		t.Errorf("three peers are compared with: %q", s.TextZH)
	}
}

// TestCompareAtAQuantile: a value that equals the whole group stands anywhere in it.
func TestCompareAtAQuantile(t *testing.T) {
	at := trade.Date(2018, 6, 1).Start()
	var ds []*docket.Docket
	for i := range 20 {
		ds = append(ds, tenderOf(fmt.Sprint("Z", i), "410105", 30))
	}
	ed := MakeEdition(ds, 1, at)
	if f := newA02().Look(tenderOf("T", "410105", 30), Env{At: at, Peers: &ed})[0]; !strings.Contains(f.TextEN, "0–100 %") {
		t.Errorf("%q", f.TextEN)
	}
}

// TestAwardMethod: kinds of award method as documents write them.
func TestAwardMethod(t *testing.T) {
	for text, want := range map[string]string{
		"综合评估法": Comprehensive, "综合评分法": Comprehensive, "经评审的最低投标价法": LowestPrice, "最低评标价法": LowestPrice, "合理低价法": AveragePrice, "综合评估法（报价以平均值为基准）": AveragePrice, "详见招标文件": "", "": "",
	} {
		d := docketOf(docket.Entry{Dataset: "504", Origin: "P", Key: "D", Fields: map[string]string{"EVALUATING_METHOD": text}})
		if got := AwardMethod(d, "L1"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	two := docketOf(docket.Entry{Dataset: "504", Origin: "P", Key: "D1", Fields: map[string]string{"EVALUATING_METHOD": "综合评估法"}}, docket.Entry{Dataset: "504", Origin: "P", Key: "D2", Fields: map[string]string{"EVALUATING_METHOD": "最低投标价法"}})
	if got := AwardMethod(two, "L1"); got != "" {
		t.Errorf("two methods: %q", got)
	}
}

// TestPeersOfOneMethod: a lot is compared with those of its kind of award
// method where there are enough, else with all.
func TestPeersOfOneMethod(t *testing.T) {
	at := trade.Date(2018, 9, 1).Start()
	by := func(method string, days, bids int) *docket.Docket {
		d := decided(days, bids, 0, 200)
		d.Live = append(d.Live, docket.Entry{Dataset: "504", Origin: "P", Key: "D", Fields: map[string]string{"EVALUATING_METHOD": method}})
		return d
	}
	var all []*docket.Docket
	for i := range 30 {
		all = append(all, by("综合评估法", 40+i%5, 5), by("经评审的最低投标价法", 6+i%3, 5))
	}
	for range 3 {
		all = append(all, by("合理低价法", 9, 5))
	}
	ed := MakeEdition(all, 1, at)
	for _, c := range []struct {
		method string
		want   State
		group  string
	}{{"综合评估法", Clear, Comprehensive}, {"经评审的最低投标价法", Fired, LowestPrice}, {"合理低价法", Clear, ""}} {
		d := by(c.method, 45, 5)
		f := newI05().Look(d, Env{At: at, Peers: &ed})[0]
		g, ok := ed.Peers("I05", d, "L1")
		if f.State != c.want || !ok || g.Method != c.group || g.Region == "" {
			t.Errorf("%s: %s by %+v", c.method, f.State, g)
		}
	}
}
