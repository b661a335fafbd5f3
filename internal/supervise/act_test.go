package supervise

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
)

var begin = time.Date(2026, 11, 25, 1, 0, 0, 0, time.UTC)

func act(position int64, kind Kind, change ...func(*Act)) Act {
	a := Act{ID: "a", Kind: kind, Docket: "T", Finding: "f", Digest: "d1", Person: "li", At: begin.Add(time.Duration(position) * time.Minute), Position: position}
	if kind == Dismiss || kind == Confirm || kind == Comment {
		a.Text = "查无问题"
	}
	for _, c := range change {
		c(&a)
	}
	return a
}

func TestFold(t *testing.T) {
	by := func(who string) func(*Act) { return func(a *Act) { a.Person = who } }
	on := func(digest string) func(*Act) { return func(a *Act) { a.Digest = digest } }
	to := func(who string) func(*Act) { return func(a *Act) { a.To = who } }
	for _, c := range []struct {
		name      string
		acts      []Act
		dismissed map[string]bool // by the evidence there is now
		assigned  string
		followers string
		comments  int
	}{
		{"dismissed on what it was judged by", []Act{act(1, Dismiss)}, map[string]bool{"d1": true, "d2": false}, "", "", 0},
		{"the data are as they were", []Act{act(1, Dismiss), act(2, Comment, on("d2"))}, map[string]bool{"d1": true, "d2": false}, "", "", 1},
		{"dismissed again on other data", []Act{act(1, Dismiss), act(2, Dismiss, on("d2"))}, map[string]bool{"d1": false, "d2": true}, "", "", 0},
		{"taken back", []Act{act(1, Dismiss), act(2, Reopen)}, map[string]bool{"d1": false}, "", "", 0},
		{"reopened what was open", []Act{act(1, Reopen), act(2, Dismiss)}, map[string]bool{"d1": true}, "", "", 0},
		{"assigned, then to another", []Act{act(1, Assign, to("王")), act(2, Assign, to("洛阳市发改委"))}, nil, "洛阳市发改委", "", 0},
		{"assigned, then to nobody", []Act{act(1, Assign, to("王")), act(2, Assign)}, nil, "", "", 0},
		{"followed by two, left by one", []Act{act(1, Follow, by("wang")), act(2, Follow), act(3, Follow), act(4, Unfollow, by("wang")), act(5, Unfollow, by("zhao"))}, nil, "", "li", 0},
	} {
		got := Fold(c.acts)
		if len(got) != 1 {
			t.Fatalf("%s: %d cases", c.name, len(got))
		}
		g := got[0]
		for digest, want := range c.dismissed {
			if g.Holds(digest) != want {
				t.Errorf("%s: on %s dismissed %v, want %v", c.name, digest, !want, want)
			}
		}
		if g.Assigned != c.assigned || strings.Join(g.Followers, " ") != c.followers || g.Comments != c.comments || g.Acts != len(c.acts) {
			t.Errorf("%s: %+v", c.name, g)
		}
	}
	if (*Case)(nil).Holds("") {
		t.Error("a finding on which nobody acted is dismissed")
	}
}

// The order in which acts are read does not matter, nor whether one is read
// twice; cases do not mix.
func TestFoldIsOfTheLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "n")
		acts := make([]Act, n)
		one := map[string][]Act{}
		for i := range acts {
			acts[i] = act(int64(i), rapid.SampledFrom(Kinds()).Draw(t, "kind"), func(a *Act) {
				a.Finding = rapid.SampledFrom([]string{"f", "g"}).Draw(t, "finding")
				a.Person = rapid.SampledFrom([]string{"li", "wang"}).Draw(t, "person")
				a.Digest = rapid.SampledFrom([]string{"d1", "d2"}).Draw(t, "digest")
			})
			one[acts[i].Finding] = append(one[acts[i].Finding], acts[i])
		}
		want := Fold(acts)
		mixed := append(append([]Act{}, acts...), acts[0])
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		if got := Fold(mixed); !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v, want %+v", got, want)
		}
		for _, c := range want {
			if alone := Fold(one[c.Finding]); !reflect.DeepEqual(alone, []Case{c}) {
				t.Fatalf("alone %+v, together %+v", alone, c)
			}
		}
	})
}

func TestConfirm(t *testing.T) {
	on := func(digest string) func(*Act) { return func(a *Act) { a.Digest = digest } }
	for _, c := range []struct {
		name                 string
		acts                 []Act
		confirmed, dismissed bool // on d1
	}{
		{"confirmed", []Act{act(1, Confirm)}, true, false},
		{"on other data", []Act{act(1, Confirm, on("d2"))}, false, false},
		{"taken back", []Act{act(1, Confirm), act(2, Reopen)}, false, false},
		{"dismissed, then confirmed", []Act{act(1, Dismiss), act(2, Confirm)}, true, false},
		{"confirmed, then dismissed", []Act{act(1, Confirm), act(2, Dismiss)}, false, true},
		{"confirmed and assigned", []Act{act(1, Confirm), act(2, Assign)}, true, false},
	} {
		got := Fold(c.acts)[0]
		if got.Confirmed("d1") != c.confirmed || got.Holds("d1") != c.dismissed {
			t.Errorf("%s: confirmed %v, dismissed %v", c.name, got.Confirmed("d1"), got.Holds("d1"))
		}
	}
}

func TestRecordAndBack(t *testing.T) {
	for _, k := range Kinds() {
		a := act(7, k, func(a *Act) {
			a.Indicator, a.Name, a.Office = "A02", "李某", "洛阳市发改委"
			if k == Assign {
				a.To = "王某"
			}
		})
		r := a.Record()
		if got, ok := Read(&r, a.At, a.Position); !ok || got != a {
			t.Errorf("%s: %+v, %v", k, got, ok)
		}
		set := standard.Default().Dataset(r.Dataset)
		if set == nil {
			t.Fatal("the catalogue has no data set of acts")
		}
		for name := range r.Fields {
			if f := set.Field(name); f == nil || f.Disclosure == standard.Public {
				t.Errorf("field %s is not in the catalogue, or public", name)
			}
		}
		r.Origin = "12410000415800000X"
		if _, ok := Read(&r, a.At, a.Position); ok {
			t.Error("a record of a trading system passes for an act")
		}
	}
	if docket.DatasetAct == "" {
		t.Error("no data set")
	}
}

func TestCheck(t *testing.T) {
	for name, a := range map[string]Act{
		"no reason":          act(1, Dismiss, func(a *Act) { a.Text = " \n" }),
		"empty comment":      act(1, Comment, func(a *Act) { a.Text = "" }),
		"unknown":            act(1, "praise"),
		"nobody":             act(1, Follow, func(a *Act) { a.Person = "" }),
		"no evidence named":  act(1, Dismiss, func(a *Act) { a.Digest = "" }),
		"too long":           act(1, Comment, func(a *Act) { a.Text = strings.Repeat("字", MaxText+1) }),
		"assignee elsewhere": act(1, Follow, func(a *Act) { a.To = "王" }),
		"zero byte":          act(1, Comment, func(a *Act) { a.Text = "a\x00b" }),
		"broken text":        act(1, Comment, func(a *Act) { a.Text = "a\xff" }),
	} {
		if a.Check() == nil {
			t.Errorf("%s: taken", name)
		}
	}
	long := act(1, Comment, func(a *Act) { a.Text = strings.Repeat("字", MaxText) })
	if err := long.Check(); err != nil {
		t.Error(err)
	}
}

// Who acts in a post that is lent to them is on record, and so is for whom.
func TestActForAnother(t *testing.T) {
	a := Act{ID: "1", Kind: Dismiss, Docket: "T", Finding: "f", Digest: "d", Text: "核实无误", Person: "p1", Name: "李四", Office: "洛阳市水利局", For: "p2", ForName: "张三"}
	r := a.Record()
	got, ok := Read(&r, a.At, 7)
	if a.Position = 7; !ok || got != a {
		t.Errorf("read back is %+v, not %+v", got, a)
	}
	a.For, a.ForName = "", ""
	r = a.Record()
	if _, there := r.Fields["ON_BEHALF_OF"]; there {
		t.Error("an act of one's own is told to be for somebody")
	}
}
