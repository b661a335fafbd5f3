package supervise

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mingjing/internal/trade"
)

const buyer = "12410000415800000X"

// came is the act by which a tenderer reports that an objection came.
func came(t *testing.T, day string, change func(*ObjectionAct)) ObjectionAct {
	a := ObjectionAct{
		ID: "o1", Kind: Received, Objection: "o1", Docket: "D", Org: buyer, OrgName: "水利局", Against: AgainstCandidates, Day: day, Paused: day, Objector: "甲公司", Text: "业绩不实",
		Person: "t", Name: "赵", At: moment(t, day+" 15:00"), Position: 1,
	}
	if change != nil {
		change(&a)
	}
	return a
}

func answer(t *testing.T, day, at string, change func(*ObjectionAct)) ObjectionAct {
	a := ObjectionAct{ID: "o2", Kind: Replied, Objection: "o1", Docket: "D", Org: buyer, Day: day, Resumed: day, Outcome: Rejected, Text: "核实无误", Person: "t", At: moment(t, at+" 09:00"), Position: 2}
	if change != nil {
		change(&a)
	}
	return a
}

// The days of the reply are those of the law, counted on the calendar of real
// days off: law.md's table, and 条例 第四十四条's reply on the spot.
func TestDaysOfAnObjection(t *testing.T) {
	for _, c := range []struct {
		class, came string
		against     Against
		last        string
	}{
		{"construction", "2018-02-12", AgainstCandidates, "2018-02-22"},
		{"construction", "2019-09-10", AgainstDocuments, "2019-09-16"},
		{"construction", "2018-02-16", AgainstOpening, "2018-02-16"},
		{"procurement", "2019-04-30", AgainstOther, "2019-05-13"},
		{"construction", "2018-03-01", AgainstOther, ""}, // no text gives a day
		{"land", "2018-03-01", AgainstCandidates, ""},
	} {
		o := FoldObjections([]ObjectionAct{came(t, c.came, func(a *ObjectionAct) { a.Against = c.against })})[0]
		d := o.Due(c.class)
		if c.last == "" && d != nil || c.last != "" && (d == nil || d.What != "reply" || d.Last.String() != c.last) {
			t.Errorf("%s against %s came %s: %+v, want %q", c.class, c.against, c.came, d, c.last)
		}
	}
	asked := ObjectionAct{ID: "o1", Kind: Reminded, Objection: "o1", Docket: "D", Org: buyer, Text: "请报送", Person: "s", At: moment(t, "2018-09-28 10:00"), Position: 1}
	if d := FoldObjections([]ObjectionAct{asked})[0].Due("construction"); d == nil || d.What != "report" || !d.Term.Unverified() || d.Last.String() != "2018-10-10" {
		t.Errorf("asked for: %+v, want a report by 2018-10-10 by a day that no text gives", d)
	}
}

func TestChecksOfAnObjection(t *testing.T) {
	for name, c := range map[string]struct {
		acts  []ObjectionAct
		class string
		at    string
		want  string
	}{
		"answered in time, paused, reported":        {[]ObjectionAct{came(t, "2018-03-01", nil), answer(t, "2018-03-03", "2018-03-05", nil)}, "construction", "2018-04-01", "reply met, pause met, report met"},
		"answered late":                             {[]ObjectionAct{came(t, "2018-03-01", nil), answer(t, "2018-03-06", "2018-03-07", nil)}, "construction", "2018-04-01", "reply not-met, pause met, report met"},
		"reported late":                             {[]ObjectionAct{came(t, "2018-03-01", nil), answer(t, "2018-03-03", "2018-03-20", nil)}, "construction", "2018-04-01", "reply met, pause met, report not-met"},
		"went on before the answer":                 {[]ObjectionAct{came(t, "2018-03-01", nil), answer(t, "2018-03-03", "2018-03-05", func(a *ObjectionAct) { a.Resumed = "2018-03-02" })}, "construction", "2018-04-01", "reply met, pause not-met, report met"},
		"never paused":                              {[]ObjectionAct{came(t, "2018-03-01", func(a *ObjectionAct) { a.Paused = "" }), answer(t, "2018-03-03", "2018-03-05", func(a *ObjectionAct) { a.Resumed = "" })}, "construction", "2018-04-01", "reply met, pause not-met, report met"},
		"paused after the answer":                   {[]ObjectionAct{came(t, "2018-03-01", func(a *ObjectionAct) { a.Paused = "" }), answer(t, "2018-03-03", "2018-03-05", func(a *ObjectionAct) { a.Paused, a.Resumed = "2018-03-04", "" })}, "construction", "2018-04-01", "reply met, pause not-met, report met"},
		"still open, on the first day":              {[]ObjectionAct{came(t, "2018-03-01", func(a *ObjectionAct) { a.Paused = "" })}, "construction", "2018-03-01", "reply running, pause unknown"},
		"still open, days over":                     {[]ObjectionAct{came(t, "2018-03-01", nil)}, "construction", "2018-03-10", "reply not-met, pause met"},
		"a question in a purchase does not stop it": {[]ObjectionAct{came(t, "2018-03-01", func(a *ObjectionAct) { a.Paused = "" })}, "procurement", "2018-03-02", "reply running"},
		"of land only the report is asked":          {[]ObjectionAct{came(t, "2018-03-01", nil), answer(t, "2018-03-30", "2018-04-02", nil)}, "land", "2018-05-01", "report met"},
	} {
		o := FoldObjections(c.acts)[0]
		var got []string
		for _, g := range o.Checks(c.class, moment(t, c.at+" 12:00")) {
			got = append(got, g.ID+" "+g.Result)
			if g.ZH == "" || g.EN == "" || g.Article == "" {
				t.Errorf("%s: %+v lacks words or its article", name, g)
			}
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: %s, want %s", name, s, c.want)
		}
	}
}

func TestLifeOfAnObjection(t *testing.T) {
	asked := ObjectionAct{ID: "o1", Kind: Reminded, Objection: "o1", Docket: "D", Org: buyer, Source: "G1", Text: "请报送", Person: "s", At: moment(t, "2018-03-01 10:00"), Position: 1}
	second := func(kind ObjectionKind, change func(*ObjectionAct)) ObjectionAct {
		a := came(t, "2018-03-02", change)
		a.ID, a.Kind, a.Position = "o2", kind, 2
		return a
	}
	for name, c := range map[string]struct {
		acts  []ObjectionAct
		state ObjectionState
		taken int
	}{
		"asked for":                       {nil, ObjectionAwaited, 1},
		"asked for and reported":          {[]ObjectionAct{second(Received, nil)}, ObjectionReceived, 2},
		"reported by another's tenderer":  {[]ObjectionAct{second(Received, func(a *ObjectionAct) { a.Org = "91410100170000000A" })}, ObjectionAwaited, 1},
		"answered before it was reported": {[]ObjectionAct{answer(t, "2018-03-03", "2018-03-03", nil)}, ObjectionAwaited, 1},
		"there was none":                  {[]ObjectionAct{second(TakenBack, func(a *ObjectionAct) { a.Against, a.Day, a.Objector, a.Paused = "", "", "", "" })}, ObjectionDropped, 2},
	} {
		f := FoldObjections(append([]ObjectionAct{asked}, c.acts...))
		if len(f) != 1 || f[0].State != c.state || len(f[0].Acts) != c.taken || f[0].Source != "G1" {
			t.Errorf("%s: %+v", name, f[0])
		}
	}
	early := FoldObjections([]ObjectionAct{came(t, "2018-03-02", nil), answer(t, "2018-03-01", "2018-03-03", nil)})[0]
	if early.State != ObjectionReceived {
		t.Errorf("answered on the day before it came: %+v", early)
	}
	reply := answer(t, "2018-03-01", "2018-03-03", nil)
	if err := early.Take(&reply); !errors.Is(err, ErrAct) || !strings.Contains(err.Error(), "2018-03-02") {
		t.Errorf("%v", err)
	}
}

func TestObjectionsAreChecked(t *testing.T) {
	for name, change := range map[string]func(*ObjectionAct){
		"no text": func(a *ObjectionAct) { a.Text = " " }, "no day": func(a *ObjectionAct) { a.Day = "" }, "no tenderer": func(a *ObjectionAct) { a.Org = "" }, "no matter": func(a *ObjectionAct) { a.Against = "" },
		"a wrong day": func(a *ObjectionAct) { a.Paused = "soon" }, "an outcome": func(a *ObjectionAct) { a.Outcome = Upheld }, "went on before it was answered": func(a *ObjectionAct) { a.Resumed = "2018-03-02" },
		"begins with a reply": func(a *ObjectionAct) { a.Kind = Replied }, "too long": func(a *ObjectionAct) { a.Text = strings.Repeat("长", MaxClaim+1) },
	} {
		a := came(t, "2018-03-01", change)
		if err := a.Check(); !errors.Is(err, ErrAct) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every act comes back from its record as it was, and the order in which acts are
// given does not matter.
func TestObjectionRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Date(2026, 3, 2, 9, 0, 0, 0, trade.Zone)
		acts := []ObjectionAct{{ID: "o1", Kind: Received, Objection: "o1", Docket: "D", Org: buyer, Against: AgainstOther, Day: "2026-03-02", Objector: "甲", Text: "事由", Person: "t", At: at, Position: 1}}
		for i := range rapid.IntRange(1, 6).Draw(t, "acts") {
			a := ObjectionAct{ID: "o" + string(rune('a'+i)), Kind: rapid.SampledFrom(ObjectionKinds()).Draw(t, "kind"), Objection: "o1", Docket: "D", Org: buyer, Text: "内容", Person: "t", At: at.AddDate(0, 0, i), Position: int64(i + 2)}
			switch a.Kind {
			case Received:
				a.Against, a.Day = AgainstOpening, "2026-03-02"
			case Replied:
				a.Day, a.Outcome, a.Resumed = "2026-03-03", Partly, "2026-03-04"
			case TakenBack, Reminded, Remarked:
			}
			acts = append(acts, a)
		}
		for i := range acts {
			r := acts[i].Record()
			if got, ok := ReadObjection(&r, acts[i].At, acts[i].Position); !ok || got != acts[i] {
				t.Fatalf("%+v came back as %+v", acts[i], got)
			}
		}
		f, g := FoldObjections(acts)[0], FoldObjections(rapid.Permutation(acts).Draw(t, "order"))[0]
		if f.State != g.State || len(f.Acts) != len(g.Acts) {
			t.Fatalf("another order gives %s, not %s", g.State, f.State)
		}
	})
}
