package supervise

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mingjing/internal/trade"
)

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, trade.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func lodged(t *testing.T, at string, change func(*ComplaintAct)) ComplaintAct {
	a := ComplaintAct{
		ID: "c1", Kind: Lodge, Complaint: "c1", Docket: "D", Against: AgainstCandidates, Known: "2018-02-26", Objected: "2018-02-26", Org: "91410100MA00000001", OrgName: "甲公司",
		Text: "评审有误", Person: "p", Name: "张", At: moment(t, at), Position: 1,
	}
	if change != nil {
		change(&a)
	}
	return a
}

// then is an act that follows.
func then(t *testing.T, n int64, kind ComplaintKind, person, at string) ComplaintAct {
	a := ComplaintAct{ID: "a" + string(rune('0'+n)), Kind: kind, Complaint: "c1", Docket: "D", Text: "理由", Person: person, Office: "监督部门", At: moment(t, at), Position: n}
	if kind == Decide {
		a.Outcome = Partly
	}
	return a
}

// The days of acceptance and of the decision are those of 条例 第六十一条, counted on
// the calendar of real days off (law.md's table).
func TestDaysOfAComplaint(t *testing.T) {
	for _, c := range []struct{ class, at, what, last string }{
		{"construction", "2018-09-28 10:00", "admit", "2018-10-08"},
		{"construction", "2018-02-14 10:00", "admit", "2018-02-24"},
		{"construction", "2023-09-28 10:00", "admit", "2023-10-09"},
		{"construction", "2020-01-23 10:00", "admit", "2020-02-05"},
		{"procurement", "2018-09-28 10:00", "admit", "2018-10-10"},
	} {
		f := FoldComplaints([]ComplaintAct{lodged(t, c.at, nil)})
		d := f[0].Due(c.class)
		if d == nil || d.What != c.what || d.Last.String() != c.last {
			t.Errorf("%s lodged %s: %+v, want %s by %s", c.class, c.at, d, c.what, c.last)
		}
	}
	f := FoldComplaints([]ComplaintAct{lodged(t, "2018-02-28 10:00", nil), then(t, 2, Accept, "s", "2018-03-01 10:00")})
	if d := f[0].Due("construction"); d == nil || d.What != "decide" || d.Last.String() != "2018-04-13" {
		t.Errorf("accepted 2018-03-01: %+v, want a decision by 2018-04-13", d)
	}
}

func TestLifeOfAComplaint(t *testing.T) {
	start := lodged(t, "2018-03-01 10:00", nil)
	for name, c := range map[string]struct {
		acts      []ComplaintAct
		state     ComplaintState
		taken     int
		suspended bool
	}{
		"lodged":                      {nil, Lodged, 1, false},
		"declined":                    {[]ComplaintAct{then(t, 2, Decline, "s", "2018-03-02 10:00")}, Declined, 2, false},
		"returned, supplemented":      {[]ComplaintAct{then(t, 2, Return, "s", "2018-03-02 10:00"), then(t, 3, Supplement, "p", "2018-03-03 10:00")}, Lodged, 3, false},
		"supplemented by another":     {[]ComplaintAct{then(t, 2, Return, "s", "2018-03-02 10:00"), then(t, 3, Supplement, "q", "2018-03-03 10:00")}, Returned, 2, false},
		"decided before accepted":     {[]ComplaintAct{then(t, 2, Decide, "s", "2018-03-02 10:00")}, Lodged, 1, false},
		"suspended":                   {[]ComplaintAct{then(t, 2, Accept, "s", "2018-03-02 10:00"), then(t, 3, Suspend, "s", "2018-03-02 11:00")}, Accepted, 3, true},
		"a decision ends the pause":   {[]ComplaintAct{then(t, 2, Accept, "s", "2018-03-02 10:00"), then(t, 3, Suspend, "s", "2018-03-02 11:00"), then(t, 4, Decide, "s", "2018-03-20 11:00")}, Decided, 4, false},
		"two decisions":               {[]ComplaintAct{then(t, 2, Accept, "s", "2018-03-02 10:00"), then(t, 3, Decide, "s", "2018-03-20 11:00"), then(t, 4, Decide, "u", "2018-03-20 11:00")}, Decided, 3, false},
		"retracted":                   {[]ComplaintAct{then(t, 2, Accept, "s", "2018-03-02 10:00"), then(t, 3, Retract, "p", "2018-03-20 11:00")}, Retracted, 3, false},
		"handled by the complainant":  {[]ComplaintAct{then(t, 2, Accept, "p", "2018-03-02 10:00")}, Lodged, 1, false},
		"retracted after the verdict": {[]ComplaintAct{then(t, 2, Decline, "s", "2018-03-02 10:00"), then(t, 3, Retract, "p", "2018-03-20 11:00")}, Declined, 2, false},
	} {
		f := FoldComplaints(append([]ComplaintAct{start}, c.acts...))
		if len(f) != 1 || f[0].State != c.state || len(f[0].Acts) != c.taken || f[0].Suspended != c.suspended {
			t.Errorf("%s: %+v", name, f[0])
		}
		if f[0].State.Open() && f[0].State != Returned && f[0].Due("construction") == nil {
			t.Errorf("%s: nothing is due", name)
		}
	}
}

// What is admissible is told with its article, and left open where the platform
// does not know.
func TestGrounds(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*ComplaintAct)
		class  string
		took   string
		want   string // results in order
	}{
		"in time, objected, took part":     {nil, "construction", Met, "met met met"},
		"not objected":                     {func(a *ComplaintAct) { a.Objected = "" }, "construction", Met, "met not-met met"},
		"late and not objected":            {func(a *ComplaintAct) { a.Objected, a.Known = "", "2018-01-02" }, "construction", Unknown, "not-met not-met unknown"},
		"late, an answer was waited for":   {func(a *ComplaintAct) { a.Known = "2018-01-02" }, "construction", NotMet, "unknown met not-met"},
		"other matters need no objection":  {func(a *ComplaintAct) { a.Against, a.Objected = AgainstOther, "" }, "construction", Met, "met met"},
		"in procurement all matters do":    {func(a *ComplaintAct) { a.Against, a.Objected = AgainstOther, "" }, "procurement", Met, "met not-met met"},
		"of land no objection is demanded": {func(a *ComplaintAct) { a.Objected = "" }, "land", Met, "met met"},
	} {
		f := FoldComplaints([]ComplaintAct{lodged(t, "2018-03-01 10:00", c.change)})
		var got []string
		for _, g := range f[0].Grounds(c.class, c.took) {
			got = append(got, g.Result)
			if g.ZH == "" || g.EN == "" {
				t.Errorf("%s: %s has no words", name, g.ID)
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %s, want %s", name, s, c.want)
		}
	}
}

func TestComplaintsAreChecked(t *testing.T) {
	for name, change := range map[string]func(*ComplaintAct){
		"no claim": func(a *ComplaintAct) { a.Text = " " }, "no day": func(a *ComplaintAct) { a.Known = "yesterday" }, "no body": func(a *ComplaintAct) { a.Org = "" },
		"no matter": func(a *ComplaintAct) { a.Against = "weather" }, "another's id": func(a *ComplaintAct) { a.Complaint = "c2" }, "an outcome": func(a *ComplaintAct) { a.Outcome = Upheld },
		"too long": func(a *ComplaintAct) { a.Text = strings.Repeat("长", MaxClaim+1) }, "a null": func(a *ComplaintAct) { a.Text = "a\x00" },
	} {
		a := lodged(t, "2018-03-01 10:00", change)
		if err := a.Check(); !errors.Is(err, ErrAct) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every act comes back from its record as it was; the order in which acts are
// given does not matter, and no order of acts leaves an ended complaint open.
func TestComplaintRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "acts")
		at := time.Date(2026, 3, 1, 9, 0, 0, 0, trade.Zone)
		acts := []ComplaintAct{{ID: "c1", Kind: Lodge, Complaint: "c1", Docket: "D", Against: AgainstOther, Known: "2026-02-28", Org: "91410100MA00000001", OrgName: "甲", Text: "事由", Person: "p", At: at, Position: 1}}
		for i := range n {
			k := rapid.SampledFrom(ComplaintKinds()[1:]).Draw(t, "kind")
			a := ComplaintAct{ID: "a" + string(rune('a'+i)), Kind: k, Complaint: "c1", Docket: "D", Text: "理由", Person: rapid.SampledFrom([]string{"p", "s"}).Draw(t, "person"), At: at.Add(time.Duration(i+1) * time.Hour), Position: int64(i + 2)}
			if k == Decide {
				a.Outcome = rapid.SampledFrom([]Outcome{Upheld, Partly, Rejected}).Draw(t, "outcome")
			}
			acts = append(acts, a)
		}
		for i := range acts {
			r := acts[i].Record()
			if got, ok := ReadComplaint(&r, acts[i].At, acts[i].Position); !ok || got != acts[i] {
				t.Fatalf("%+v came back as %+v", acts[i], got)
			}
		}
		f := FoldComplaints(acts)[0]
		if g := FoldComplaints(rapid.Permutation(acts).Draw(t, "order"))[0]; g.State != f.State || len(g.Acts) != len(f.Acts) {
			t.Fatalf("another order gives %s, not %s", g.State, f.State)
		}
		if f.State.Open() != f.Ended.IsZero() || f.Suspended && f.State != Accepted {
			t.Fatalf("%+v", f)
		}
	})
}
