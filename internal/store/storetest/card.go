package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mingjing/internal/store"
)

var (
	cardRegions = []string{"", "41", "410300", "410302", "410105", "419001", "4103020010", "110101"}
	cardClasses = []string{"construction", "procurement", "land"}
	cardOrigins = []string{"A1", "B2", "C3"}
	cardMarks   = []string{"A02", "A33", "K01"}
	cardTitles  = []string{"", "道路", "道路工程", "Zoo", "桥梁", "安置房", "100%_"}
)

func drawCard(t *rapid.T, docket string, seat int, origin string) store.CardRow {
	c := store.CardRow{
		Docket: docket, Seat: seat, Origin: origin, Class: rapid.SampledFrom(cardClasses).Draw(t, "class"), Region: rapid.SampledFrom(cardRegions).Draw(t, "region"),
		Title: rapid.SampledFrom(cardTitles).Draw(t, "title"), Stage: rapid.IntRange(-1, 3).Draw(t, "stage"), Moments: rapid.IntRange(0, 31).Draw(t, "moments"),
		Facts: rapid.IntRange(0, 2).Draw(t, "facts"), Clues: rapid.IntRange(0, 2).Draw(t, "clues"), Late: rapid.IntRange(0, 1).Draw(t, "late"),
		Origins: rapid.SliceOfNDistinct(rapid.SampledFrom(cardOrigins), 0, 3, rapid.ID).Draw(t, "origins"), Edition: "1",
	}
	if c.Facts+c.Clues > 0 {
		c.Indicators = rapid.SliceOfNDistinct(rapid.SampledFrom(cardMarks), 1, 2, rapid.ID).Draw(t, "indicators")
	}
	if rapid.Bool().Draw(t, "has amount") {
		n := rapid.Int64Range(-1, 3).Draw(t, "amount")
		c.Amount = &n
	}
	if n := rapid.IntRange(0, 4).Draw(t, "last"); n > 0 {
		c.Last = day.AddDate(0, 0, n)
	}
	c.Body = []byte(fmt.Sprintf(`{"id":%q}`, docket))
	return c
}

// testCards compares lists of random cards, narrowed and put in order at
// random, with what a plain loop over them gives.
func testCards(t *testing.T, db *store.DB) {
	ctx := t.Context()
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		var all []store.CardRow
		for i := range rapid.IntRange(1, 12).Draw(rt, "dockets") {
			id := fmt.Sprintf("D%02d", i)
			var cards []store.CardRow
			base := drawCard(rt, id, 1, "")
			outside := base
			outside.Seat, outside.Facts, outside.Clues, outside.Indicators, outside.Amount = 2, 0, 0, nil, nil
			cards = append(cards, base, outside)
			for n, o := range rapid.SliceOfNDistinct(rapid.SampledFrom(cardOrigins), 0, 3, rapid.ID).Draw(rt, "platforms") {
				cards = append(cards, drawCard(rt, id, 0, o))
				cards[len(cards)-1].Several = n > 0
			}
			for n := range cards { // several is of all or of none
				cards[n].Several = cards[n].Seat == 0 && len(cards) > 3
			}
			saved, err := db.SaveDocket(ctx, &store.DocketRow{ID: id, Through: int64(round), Body: []byte(`{}`), Cards: cards}, nil, nil)
			if err != nil || !saved {
				rt.Fatal(saved, err)
			}
			all = append(all, cards...)
		}
		for i := range 12 { // those of the round before
			id := fmt.Sprintf("D%02d", i)
			if !slices.ContainsFunc(all, func(c store.CardRow) bool { return c.Docket == id }) {
				if _, err := db.SaveDocket(ctx, &store.DocketRow{ID: id, Through: int64(round), Body: []byte(`{}`)}, nil, nil); err != nil {
					rt.Fatal(err)
				}
			}
		}
		for range 6 {
			q := drawQuery(rt)
			want := naive(all, q)
			var got []string
			for range 100 {
				page, err := db.Cards(ctx, q)
				if err != nil {
					rt.Fatal(err)
				}
				for _, c := range page.Cards {
					got = append(got, fmt.Sprintf("%s %d %s", c.Docket, c.Seat, c.Origin))
				}
				if q.After = page.Next; page.Next == "" {
					break
				}
			}
			q.After = ""
			n, err := db.CountCards(ctx, q, 100)
			if err != nil {
				rt.Fatal(err)
			}
			if !slices.Equal(got, want) || n != len(want) {
				rt.Fatalf("%+v\ngot  %d %q\nwant %d %q", q, n, got, len(want), want)
			}
			checkTally(rt, db, q, all, want)
			if len(want) > 1 {
				if n, err := db.CountCards(ctx, q, 1); err != nil || n != 2 {
					rt.Fatalf("counted to one more than 1: %d, %v", n, err)
				}
			}
		}
	})
	for _, bad := range []string{"x", "v3.ab", "v1.xD", "n-1.", "v0.D"} {
		if _, err := db.Cards(ctx, store.CardQuery{Scopes: []store.CardScope{{Seat: 1}}, Sort: "last", After: bad}); err == nil {
			t.Errorf("%q was taken as a place", bad)
		}
	}
}

// checkTally holds the tallies of a query against the cards that it lists.
func checkTally(t *rapid.T, db *store.DB, q store.CardQuery, all []store.CardRow, want []string) {
	listed := map[string]store.CardRow{}
	for i := range all {
		listed[fmt.Sprintf("%s %d %s", all[i].Docket, all[i].Seat, all[i].Origin)] = all[i]
	}
	type key struct {
		region, class string
		stage         int
	}
	sums := map[key]store.CardTally{}
	days := map[store.HourTally]int64{}
	one := func(b bool) int64 {
		if b {
			return 1
		}
		return 0
	}
	tallies, err := db.TallyCards(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	q.From = cmpTime(q.From, day)
	for _, w := range want {
		c := listed[w]
		k := key{c.Region, c.Class, c.Stage}
		s := sums[k]
		s.Region, s.Class, s.Stage = c.Region, c.Class, c.Stage
		s.Cards, s.Facts, s.Clues, s.Warned, s.Late = s.Cards+1, s.Facts+one(c.Facts > 0), s.Clues+one(c.Clues > 0), s.Warned+one(c.Facts+c.Clues > 0), s.Late+one(c.Late > 0)
		if c.Amount != nil {
			s.Priced, s.Fen = s.Priced+1, s.Fen+*c.Amount
		}
		sums[k] = s
		if !c.Last.Before(q.From) {
			days[store.HourTally{Hour: int(c.Last.Sub(q.From) / time.Hour), Class: c.Class}]++
		}
	}
	if len(tallies) != len(sums) {
		t.Fatalf("%+v\n%+v\nwant %+v", q, tallies, sums)
	}
	for _, got := range tallies {
		if want := sums[key{got.Region, got.Class, got.Stage}]; got != want {
			t.Fatalf("%+v\n%+v\nwant %+v", q, got, want)
		}
	}
	hours, err := db.TallyHours(t.Context(), q)
	if err != nil || len(hours) != len(days) {
		t.Fatalf("%d of %d hours: %v", len(hours), len(days), err)
	}
	for _, h := range hours {
		if n := h.Cards; days[store.HourTally{Hour: h.Hour, Class: h.Class}] != n {
			t.Fatalf("%+v\n%+v, want %v", q, h, days)
		}
	}
}

func cmpTime(a, b time.Time) time.Time {
	if a.IsZero() {
		return b
	}
	return a
}

func drawQuery(t *rapid.T) store.CardQuery {
	some := func(name string, from []string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(from), 0, 2, rapid.ID).Draw(t, name)
	}
	maybe := func(name string) bool { return rapid.IntRange(0, 4).Draw(t, name) == 0 }
	q := store.CardQuery{Sort: rapid.SampledFrom(store.CardSorts()).Draw(t, "sort"), Desc: rapid.Bool().Draw(t, "desc"), Limit: rapid.IntRange(1, 5).Draw(t, "limit")}
	switch rapid.IntRange(0, 2).Draw(t, "who") {
	case 0:
		q.Scopes = []store.CardScope{{Seat: 0, Origins: append(some("own", cardOrigins), "A1")}}
	case 1:
		in := store.CardScope{Seat: 1, Regions: rapid.SampledFrom([][]string{{"4103"}, {""}, {}, {"41", "110101"}}).Draw(t, "scope"), Classes: some("sectors", cardClasses)}
		if rapid.Bool().Draw(t, "except") {
			in.Except = []string{"419001"}
		}
		out := in
		out.Seat, out.Outside = 2, true
		q.Scopes = []store.CardScope{in, out}
	default:
		q.Scopes = []store.CardScope{{Seat: 2}}
	}
	if maybe("by class") {
		q.Classes = some("classes", cardClasses)
	}
	if maybe("by region") {
		q.Regions = []store.Place{{Starts: []string{"41"}, Except: []string{"410302"}}, {Starts: []string{"110101"}}}[:rapid.IntRange(1, 2).Draw(t, "places")]
	}
	if maybe("by stage") {
		q.Stages = []int{0, rapid.IntRange(-1, 3).Draw(t, "a stage")}
	}
	if maybe("by moment") {
		q.Moments = rapid.IntRange(1, 31).Draw(t, "bits")
	}
	if maybe("from") {
		q.From = day.AddDate(0, 0, rapid.IntRange(0, 4).Draw(t, "from day"))
	}
	if maybe("to") {
		q.To = day.AddDate(0, 0, rapid.IntRange(0, 5).Draw(t, "to day"))
	}
	if maybe("min") {
		n := rapid.Int64Range(-1, 3).Draw(t, "least")
		q.AmountMin = &n
	}
	if maybe("max") {
		n := rapid.Int64Range(-1, 3).Draw(t, "most")
		q.AmountMax = &n
	}
	q.Warned, q.Facts, q.Clues, q.Late = maybe("warned"), maybe("facts"), maybe("clues"), maybe("late")
	if maybe("indicator") {
		q.Indicator = rapid.SampledFrom(append(cardMarks, "A0", "_02")).Draw(t, "which")
	}
	if maybe("source") {
		q.Source = rapid.SampledFrom(cardOrigins).Draw(t, "platform")
	}
	if maybe("dockets") {
		q.Dockets = some("ids", []string{"D00", "D03", "D05", "none"})
	}
	return q
}

// naive does with a loop what the store does with SQL.
func naive(all []store.CardRow, q store.CardQuery) []string {
	starts := func(region string, ps, except []string) bool {
		return slices.ContainsFunc(ps, func(p string) bool { return strings.HasPrefix(region, p) }) && !slices.Contains(except, region)
	}
	var kept []store.CardRow
	for _, c := range all {
		in := false
		for _, s := range q.Scopes {
			here := (s.Regions == nil || slices.Contains(s.Regions, "") || starts(c.Region, s.Regions, s.Except)) && (len(s.Classes) == 0 || slices.Contains(s.Classes, c.Class))
			mine := len(s.Origins) == 0 || slices.Contains(s.Origins, c.Origin) && !slices.ContainsFunc(all, func(o store.CardRow) bool {
				return o.Seat == c.Seat && o.Docket == c.Docket && o.Origin < c.Origin && slices.Contains(s.Origins, o.Origin)
			})
			in = in || s.Seat == c.Seat && here != s.Outside && mine
		}
		amount := func(ok func(n int64) bool) bool { return c.Amount != nil && ok(*c.Amount) }
		if in && (len(q.Classes) == 0 || slices.Contains(q.Classes, c.Class)) &&
			(len(q.Regions) == 0 || slices.ContainsFunc(q.Regions, func(p store.Place) bool { return starts(c.Region, p.Starts, p.Except) })) &&
			(len(q.Stages) == 0 || slices.Contains(q.Stages, c.Stage)) && (q.Moments == 0 || q.Moments&c.Moments != 0) &&
			(q.From.IsZero() || !c.Last.Before(q.From)) && (q.To.IsZero() || !c.Last.IsZero() && c.Last.Before(q.To)) &&
			(q.AmountMin == nil || amount(func(n int64) bool { return n >= *q.AmountMin })) && (q.AmountMax == nil || amount(func(n int64) bool { return n <= *q.AmountMax })) &&
			(!q.Warned || c.Facts+c.Clues > 0) && (!q.Facts || c.Facts > 0) && (!q.Clues || c.Clues > 0) && (!q.Late || c.Late > 0) &&
			(q.Indicator == "" || slices.Contains(c.Indicators, q.Indicator)) && (q.Source == "" || slices.Contains(c.Origins, q.Source)) &&
			(len(q.Dockets) == 0 || slices.Contains(q.Dockets, c.Docket)) {
			kept = append(kept, c)
		}
	}
	slices.SortStableFunc(kept, func(a, b store.CardRow) int {
		way := 1
		if q.Desc {
			way = -1
		}
		n := 0
		switch q.Sort {
		case "last":
			n = a.Last.Compare(b.Last)
		case "title":
			n = strings.Compare(store.SortKey(a.Title), store.SortKey(b.Title))
		case "amount":
			switch {
			case a.Amount == nil && b.Amount == nil:
			case a.Amount == nil:
				return 1
			case b.Amount == nil:
				return -1
			default:
				n = cmp.Compare(*a.Amount, *b.Amount)
			}
		case "warnings":
			wa, wb := a.Facts+a.Clues > 0, b.Facts+b.Clues > 0
			switch {
			case wa != wb && wa:
				return -1
			case wa != wb:
				return 1
			}
			n = cmp.Or(cmp.Compare(a.Facts, b.Facts), cmp.Compare(a.Clues, b.Clues))
		}
		return way * cmp.Or(n, strings.Compare(a.Docket, b.Docket))
	})
	out := []string{}
	for _, c := range kept {
		out = append(out, fmt.Sprintf("%s %d %s", c.Docket, c.Seat, c.Origin))
	}
	return out
}

// testCardsReplaced: what lists show is what was saved last, and no more.
func testCardsReplaced(t *testing.T, db *store.DB) {
	ctx := t.Context()
	card := func(seat int, title string) store.CardRow {
		return store.CardRow{Docket: "X", Seat: seat, Title: title, Last: day, Body: []byte(`{"title":"` + title + `"}`)}
	}
	save := func(through int64, cards ...store.CardRow) bool {
		t.Helper()
		saved, err := db.SaveDocket(ctx, &store.DocketRow{ID: "X", Through: through, Body: []byte(`{}`), Cards: cards}, nil, nil)
		must(t, err)
		return saved
	}
	save(1, card(1, "a"), card(3, "a"))
	save(2, card(1, "b"))
	have, err := db.DocketCards(ctx, "X")
	must(t, err)
	if len(have) != 1 || string(have[0].Body) != `{"title":"b"}` {
		t.Errorf("of two cards and then one stand %+v", have)
	}
	if save(1, card(1, "old"), card(3, "old")) {
		t.Error("an older docket was saved")
	}
	have, err = db.DocketCards(ctx, "X")
	must(t, err)
	if len(have) != 1 || string(have[0].Body) != `{"title":"b"}` {
		t.Errorf("an older save changed the cards: %+v", have)
	}
	for name, cards := range map[string][]store.CardRow{
		"of another docket": {{Docket: "Y", Body: []byte(`{}`)}},
		"twice":             {card(1, "a"), card(1, "b")},
		"of no seat":        {card(8, "a")},
		"with a zero byte":  {card(1, "a\x00")},
	} {
		if _, err := db.SaveDocket(ctx, &store.DocketRow{ID: "X", Through: 9, Evaluated: time.Now(), Body: []byte(`{}`), Cards: cards}, nil, nil); err == nil {
			t.Errorf("a card %s was taken", name)
		}
	}
	long := strings.Repeat("省", 5000)
	wide := store.CardRow{Docket: "X", Origin: long, Class: long, Region: long, Title: long, Origins: []string{long}, Indicators: []string{long}, Body: []byte(`{}`)}
	if !save(10, wide) {
		t.Error("long texts stop a docket")
	}
}
