package server

import (
	"slices"
	"testing"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/trade"
)

// The board of each day is what the cards of its reader say of the day, no more
// and no less; what only recordings tell is not the public's.
func TestDayBoard(t *testing.T) {
	h, _ := realHouse(t, 30)
	tokens["everywhere"] = disclose.Reader{Audience: disclose.Supervisor, ID: "省发改委", Regions: []string{disclose.Everywhere}}
	kinds := map[string]map[string]int{}
	at := h.server.cfg.Clock()
	for _, who := range []string{"", "everywhere", "auditor", "administrator", "source"} {
		kinds[who] = map[string]int{}
		want := map[trade.Day]int{}
		for id := range realDockets(t, h) {
			d, err := h.server.docket(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if v := disclose.View(d, tokens[who], at); v != nil {
				for _, s := range v.Sittings() {
					days, _ := s.Days()
					for _, day := range days {
						want[day]++
					}
				}
			}
		}
		for day, n := range want {
			b := decode[DayBoard](t, h.get("/api/v1/schedule?day="+day.String(), who))
			own := slices.DeleteFunc(slices.Clone(b.Items), func(i DaySitting) bool { return i.Carried })
			if len(own) != n {
				t.Errorf("%q on %s: %d sittings, want %d", who, day, len(own), n)
			}
			for _, i := range own {
				kinds[who][i.Kind]++
				if i.Kind == "evaluation" && i.Begun != nil {
					kinds[who]["begun"]++
				}
			}
		}
	}
	if kinds["everywhere"]["opening"] < 10 || kinds["everywhere"]["evaluation"] < 5 || kinds["everywhere"]["begun"] == 0 {
		t.Errorf("too few sittings to tell: %v", kinds)
	}
	if n := kinds[""]["begun"]; n > 0 {
		t.Errorf("the public is told when %d evaluations began", n)
	}
	if kinds[""]["opening"] == 0 {
		t.Error("the public sees no opening")
	}
	problemOf(t, "no day", h.get("/api/v1/schedule?day=26-11", ""), 422, "A004", "")
	if b := decode[DayBoard](t, h.get("/api/v1/schedule", "auditor")); b.Day != trade.DayOf(at).String() {
		t.Errorf("today is %s", b.Day)
	}
	// What lies ahead carries nothing over; regions and classes narrow.
	ahead := at.Add(400 * 24 * time.Hour).In(trade.Zone).Format(time.DateOnly)
	if b := decode[DayBoard](t, h.get("/api/v1/schedule?day="+ahead, "auditor")); len(b.Items) != 0 {
		t.Errorf("in a year: %+v", b.Items)
	}
}

func realDockets(t *testing.T, h *house) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for cursor := ""; ; {
		l := decode[DocketList](t, h.get("/api/v1/dockets?limit=200&cursor="+cursor, "auditor"))
		for _, d := range l.Items {
			out[d.ID] = true
		}
		if cursor = l.Next; cursor == "" {
			return out
		}
	}
}
