package server

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mingjing/internal/disclose"
)

// Whatever the overview counts, its list holds just so many, for every reader,
// period, region and class.
func TestOverviewCountsItsLists(t *testing.T) {
	h := newHouse(t)
	looked := 0
	for _, who := range []string{"", "source", "supervisor", "outside", "auditor", "administrator"} {
		check := func(what, list string, n int64) {
			t.Helper()
			looked++
			if got := decode[DocketList](t, h.get("/api/v1/dockets?"+list, who)); int64(got.Total) != n {
				t.Errorf("%q: %s counts %d, its list %q holds %d", who, what, n, list, got.Total)
			}
		}
		for _, query := range []string{"", "?period=today", "?period=year&region=41", "?region=410300", "?region=4101&class=construction", "?class=land", "?region=410302"} {
			o := decode[Overview](t, h.get("/api/v1/overview"+query, who))
			check("total", o.Total.List, o.Total.Dockets)
			var inside int64
			for _, a := range o.Areas {
				inside += a.Dockets
				if a.Dockets > 0 || a.Code == "410200" {
					check(a.Name, a.List, a.Dockets)
					check(a.Name+", warned", a.List+"&warning=any", a.Warned)
				}
			}
			if o.Rest != nil {
				inside += o.Rest.Dockets
			}
			if inside != o.Total.Dockets {
				t.Errorf("%q %s: the areas hold %d of %d", who, query, inside, o.Total.Dockets)
			}
			var classes, stages, hours int64
			for _, c := range o.Classes {
				classes += c.Dockets
				check(c.Class, c.List, c.Dockets)
			}
			for _, st := range o.Stages {
				stages += st.Dockets
				check(st.Stage, st.List, st.Dockets)
			}
			for i, p := range o.Phases {
				check(p.Phase, p.Stand.List, p.Stand.Dockets)
				check(p.Phase+" or on", p.Reached.List, p.Reached.Dockets)
				if i > 0 && p.Reached.Dockets > o.Phases[i-1].Reached.Dockets {
					t.Errorf("%q %s: the funnel widens", who, query)
				}
			}
			check("moved", o.Moved.List, o.Moved.Dockets)
			for _, c := range o.Today {
				check("today "+c.Class, c.List, c.Dockets)
				hours -= c.Dockets
			}
			for _, c := range o.Hours {
				hours += c.Dockets
				if c.Hour < 0 || c.Hour > 23 {
					t.Errorf("hour %d", c.Hour)
				}
			}
			if classes != o.Total.Dockets || stages > classes || hours != 0 {
				t.Errorf("%q %s: %d in all, %d by class, %d by stage, hours off by %d", who, query, o.Total.Dockets, classes, stages, hours)
			}
			if levels := o.Warnings != nil; levels != (who == "supervisor" || who == "outside" || who == "auditor") {
				t.Errorf("%q: warnings %v", who, o.Warnings)
			}
			if w := o.Warnings; w != nil {
				for _, l := range []OverviewLevel{w.Fact, w.Clue, w.Any, w.Late} {
					check("warnings", l.List, l.Dockets)
				}
			} else if o.Total.Warned+o.Total.Late != 0 {
				t.Errorf("%q is told of warnings: %+v", who, o.Total)
			}
		}
	}
	if looked < 300 {
		t.Errorf("only %d figures were looked at", looked)
	}
	if o := decode[Overview](t, h.get("/api/v1/overview", "auditor")); o.Total.Dockets != 3 || o.Warnings.Clue.Dockets != 2 || o.Hours[0].Hour != 11 {
		t.Errorf("%+v", o)
	}
	if o := decode[Overview](t, h.get("/api/v1/overview", "supervisor")); o.Total.Dockets != 3 || o.Warnings.Clue.Dockets != 1 {
		t.Errorf("a supervisor counts warnings of others: %+v", o.Warnings)
	}
	if w := h.get("/api/v1/overview?region=4", ""); w.Code != 422 {
		t.Errorf("status %d", w.Code)
	}
}

func TestAreas(t *testing.T) {
	h := newHouse(t)
	o := decode[Overview](t, h.get("/api/v1/overview", ""))
	var names []string
	for _, a := range o.Areas {
		names = append(names, a.Name)
	}
	if all := strings.Join(names, " "); len(names) != 18 || !strings.Contains(all, "洛阳市") || !strings.Contains(all, "济源市") {
		t.Errorf("%d areas: %s", len(names), all)
	}
	o = decode[Overview](t, h.get("/api/v1/overview?region=410302", ""))
	if len(o.Areas) != 0 || o.Region.Code != "410302" || len(o.Above) == 0 || o.Above[0].Code != "410300" {
		t.Errorf("a district: %+v", o)
	}
}

func TestRecent(t *testing.T) {
	var c recent[int]
	n := 0
	next := func() (int, error) { n++; return n, nil }
	for range 3 {
		if v, err := c.get("a", next); v != 1 || err != nil {
			t.Errorf("%d %v", v, err)
		}
	}
	if v, _ := c.get("b", next); v != 2 {
		t.Errorf("another key: %d", v)
	}
	c.kept["a"].at = time.Now().Add(-recentFor - time.Second)
	if v, _ := c.get("a", next); v != 3 {
		t.Errorf("too old: %d", v)
	}
	if _, err := c.get("bad", func() (int, error) { return 0, fmt.Errorf("down") }); err == nil {
		t.Error("no error")
	}
	if v, err := c.get("bad", next); v != 4 || err != nil {
		t.Errorf("a failure is kept: %d %v", v, err)
	}
	for i := range recentMost + 10 {
		_, _ = c.get(fmt.Sprint(i), next)
	}
	if len(c.kept) > recentMost {
		t.Errorf("%d kept", len(c.kept))
	}
}

// The same list asked for by two readers who see otherwise is counted twice.
func TestOverviewIsKeptByScope(t *testing.T) {
	h := newHouse(t)
	first := decode[Overview](t, h.get("/api/v1/overview", "auditor"))
	second := decode[Overview](t, h.get("/api/v1/overview", ""))
	if first.Warnings == nil || second.Warnings != nil {
		t.Errorf("%+v %+v", first.Warnings, second.Warnings)
	}
	a, b := tokens["supervisor"].CardScopes(now), (disclose.Reader{Audience: disclose.Supervisor, Regions: []string{"410200"}}).CardScopes(now)
	if fmt.Sprint(a) == fmt.Sprint(b) {
		t.Error("two supervisors have one scope")
	}
}

func TestMap(t *testing.T) {
	h := newHouse(t)
	w := h.get("/api/v1/map", "")
	m := decode[Map](t, w)
	if m.Review != "" || strings.Count(string(m.Geo), `"code":"41`) != 18 {
		t.Errorf("the program's map: review %q, %d bytes", m.Review, len(m.Geo))
	}
	if again := h.get("/api/v1/map", "", "If-None-Match", w.Header().Get("ETag")); again.Code != 304 || again.Body.Len() != 0 {
		t.Errorf("again: %d", again.Code)
	}
	if zipped := h.get("/api/v1/map", "", "Accept-Encoding", "gzip"); zipped.Header().Get("Content-Encoding") != "gzip" || zipped.Body.Len() > w.Body.Len()/2 {
		t.Errorf("zipped: %d bytes", zipped.Body.Len())
	}
	h = newHouse(t, func(c *Config) {
		c.Map = []byte(`{"type":"FeatureCollection","review":"GS(2026)0001号","features":[{"type":"Feature","properties":{"code":"410100"}}]}`)
	})
	if m = decode[Map](t, h.get("/api/v1/map", "")); m.Review != "GS(2026)0001号" {
		t.Errorf("%+v", m)
	}
	for _, bad := range []string{"x", "{}", `{"type":"FeatureCollection","features":[]}`} {
		if _, err := readMap([]byte(bad)); err == nil {
			t.Errorf("%q is taken as a map", bad)
		}
	}
}
