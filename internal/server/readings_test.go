package server

import (
	"context"
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/supervise"
)

// notes are readings in memory; down refuses all.
type notes struct {
	list []supervise.Reading
	down error
}

func (n *notes) Note(_ context.Context, readings []supervise.Reading) error {
	for i := range readings {
		if err := readings[i].Check(); err != nil {
			return err
		}
	}
	if n.down == nil {
		n.list = append(n.list, readings...)
	}
	return n.down
}

func (n *notes) Of(_ context.Context, id string) (out []supervise.Reading, _ error) {
	for _, r := range n.list {
		if r.Docket == id {
			out = append(out, r)
		}
	}
	return out, n.down
}

// notedAs says of a planted value, by the table, whether reading it is noted, and as what.
func notedAs(p planted, audience disclose.Audience) string {
	why := disclose.Why(p.dataset, p.field, audience, true, disclose.Signed)
	class := why.Class + "/" + why.Seal
	if why.Seal == "" {
		class += "open"
	}
	if _, _, _, ok := disclose.NotedWords(class); !ok {
		return ""
	}
	return class
}

// Whatever is protected was noted before it was shown, at whatever address; and
// where that cannot be done, it is not shown. A body's name alone, that a search
// for bodies finds, is of no docket and so no reading of one.
func TestNothingProtectedIsShownUnnoted(t *testing.T) {
	h := newHouse(t)
	paths := addresses(h)
	shown := 0
	for _, who := range []string{"supervisor", "auditor"} {
		for _, path := range paths {
			if strings.Contains(path, "kind=body") || strings.Contains(path, "q=plantbidder") {
				continue
			}
			h.readings.list, h.readings.down = nil, nil
			body := h.get(path, who).Body.String()
			for _, p := range h.seen(body) {
				class := notedAs(p, disclose.Audience(who))
				if class == "" {
					continue
				}
				shown++
				if !slices.ContainsFunc(h.readings.list, func(r supervise.Reading) bool {
					return r.Docket == p.docket && r.Class == class && r.Name == tokens[who].ID
				}) {
					t.Errorf("%q saw %s.%s of %s at %s, and %s was not noted", who, p.dataset, p.field, p.docket, path, class)
				}
			}
			h.readings.down = errors.New("the log is full")
			body = h.get(path, who).Body.String()
			for _, p := range h.seen(body) {
				if class := notedAs(p, disclose.Audience(who)); class != "" {
					t.Errorf("%q saw %s.%s of %s at %s though the reading could not be noted", who, p.dataset, p.field, p.docket, path)
				}
			}
		}
	}
	if shown < 100 {
		t.Fatalf("only %d protected values were shown: the sweep looks at nothing", shown)
	}
	h.readings.list = nil
	for _, who := range []string{"", "source", "administrator", "outside"} {
		for _, path := range paths {
			h.get(path, who)
		}
	}
	if len(h.readings.list) > 0 {
		t.Errorf("who sees nothing protected, or what they sent themselves, is no reader: %+v", h.readings.list[0])
	}
}

// A reading is in the log once in its quarter of an hour, and only those who
// supervise the docket or audit see who read.
func TestWhoHasReadIt(t *testing.T) {
	h, _ := realHouse(t, 10)
	tokens["everywhere"] = disclose.Reader{Audience: disclose.Supervisor, ID: "省发改委", Regions: []string{disclose.Everywhere}}
	at := h.server.cfg.Clock()
	h.server.cfg.Clock = func() time.Time { return at }
	id := ""
	for _, head := range decode[DocketList](t, h.get("/api/v1/dockets?limit=200", "auditor")).Items {
		v := decode[disclose.Docket](t, h.get("/api/v1/dockets/"+head.ID, "everywhere"))
		list := decode[ReadingList](t, h.get("/api/v1/dockets/"+head.ID+"/readings", "everywhere")).Items
		if len(list) > 0 {
			id = v.ID
			break
		}
	}
	if id == "" {
		t.Fatal("no docket shows anything protected")
	}
	first := decode[ReadingList](t, h.get("/api/v1/dockets/"+id+"/readings", "auditor")).Items
	for _, it := range first {
		if it.Name != "省发改委" || it.Class.ZH == "" || it.Article.EN == "" || !it.From.Equal(supervise.QuarterOf(at)) {
			t.Errorf("%+v", it)
		}
	}
	h.get("/api/v1/dockets/"+id, "everywhere")
	if again := decode[ReadingList](t, h.get("/api/v1/dockets/"+id+"/readings", "auditor")).Items; len(again) != len(first) {
		t.Errorf("read twice in a quarter of an hour: %d readings, then %d", len(first), len(again))
	}
	at = at.Add(15 * time.Minute)
	h.get("/api/v1/dockets/"+id, "auditor")
	later := decode[ReadingList](t, h.get("/api/v1/dockets/"+id+"/readings", "everywhere")).Items
	if len(later) <= len(first) || later[0].Name != "audit" || !later[0].From.After(first[0].From) {
		t.Errorf("a quarter later by another: %+v", later)
	}
	for _, who := range []string{"", "source", "administrator", "outside"} {
		if w := h.get("/api/v1/dockets/"+id+"/readings", who); w.Code != 404 {
			t.Errorf("%q learns who read: %d %s", who, w.Code, w.Body)
		}
	}
}

// What is refused says why, and the public's page stands.
func TestTheLogRefusesAReading(t *testing.T) {
	h := newHouse(t)
	h.readings.down = errors.New("the log is full")
	if w := h.get("/api/v1/dockets/"+tenderB, "auditor"); w.Code != 503 || !strings.Contains(w.Body.String(), "A041") || !strings.Contains(w.Body.String(), "留痕") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, ask := range []func() *httptest.ResponseRecorder{
		func() *httptest.ResponseRecorder { return h.get("/api/v1/dockets/"+tenderB, "") },
		func() *httptest.ResponseRecorder { return h.get("/docket/"+tenderB, "") },
	} {
		if w := ask(); w.Code != 200 {
			t.Errorf("the public: %d %s", w.Code, w.Body)
		}
	}
}
