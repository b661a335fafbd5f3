package feed_test

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/feed"
	"mingjing/internal/ledger"
	"mingjing/internal/province"
	"mingjing/internal/standard"
)

var begin = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

const tender = "E4101002600000001001"

// record is one of the first system's, about the tender of these tests.
func record(dataset, key string, pairs ...string) standard.Record {
	f := map[string]string{"TENDER_PROJECT_CODE": tender, "BID_SECTION_CODE": tender + "001"}
	for i := 0; i+1 < len(pairs); i += 2 {
		f[pairs[i]] = pairs[i+1]
	}
	return standard.Record{Origin: province.Systems(1)[0].Platform, Dataset: dataset, Op: standard.Insert, Key: key, Revision: "1", Fields: f}
}

// A docket leaves a jurisdiction: who followed it keeps of it what one outside
// sees, and who gained it has all.
func TestADocketMoves(t *testing.T) {
	w := newWorld(t, "", begin)
	project := record("501", "p", "REGION_CODE", "410105", "TENDER_PROJECT_NAME", "某路工程")
	w.send(project, record("503", "n", "NOTICE_NAME", "公告"), record("503", "d", "NOTICE_NAME", "撤回的公告"))
	gone := record("503", "d")
	gone.Op, gone.Revision, gone.Fields = standard.Delete, "2", nil
	w.send(gone)
	w.drain()
	have, at := map[string]state{}, map[string]string{}
	for _, who := range []string{"Zhengzhou", "elsewhere", "public"} {
		have[who] = state{}
		at[who] = w.read(have[who], readers[who], "", 10, time.Time{})
	}
	if len(have["Zhengzhou"]) != 3 || len(have["elsewhere"]) != 2 {
		t.Fatalf("inside %d rows, outside %d; want the tombstone inside only", len(have["Zhengzhou"]), len(have["elsewhere"]))
	}
	project.Op, project.Revision, project.Fields["REGION_CODE"] = standard.Update, "2", "330100"
	w.send(project)
	w.drain()
	for _, who := range []string{"Zhengzhou", "elsewhere", "public"} {
		fresh := state{}
		w.read(fresh, readers[who], "", 10, time.Time{})
		w.read(have[who], readers[who], at[who], 10, time.Time{})
		compare(t, who, have[who], fresh)
	}
	if len(have["Zhengzhou"]) != 2 || len(have["elsewhere"]) != 3 {
		t.Errorf("after the move: Zhengzhou has %d rows, elsewhere %d", len(have["Zhengzhou"]), len(have["elsewhere"]))
	}
}

// Who waits is woken by what is theirs to see and by nothing else.
func TestWaitingForWhatIsSeen(t *testing.T) {
	w := newWorld(t, "", begin)
	w.send(record("501", "p", "TENDER_PROJECT_NAME", "某路工程"))
	w.drain()
	end, err := w.feed.Read(t.Context(), disclose.Reader{}, feed.Query{After: feed.End})
	if err != nil {
		t.Fatal(err)
	}
	pages := make(chan *feed.Page, 1)
	go func() {
		p, err := w.feed.Read(context.Background(), disclose.Reader{}, feed.Query{After: end.Next, Wait: feed.MaxWait})
		if err != nil {
			t.Error(err)
		}
		pages <- p
	}()
	for i := range 5 { // sealed bids, and what is for government only
		w.send(record("507", string(rune('a'+i)), "BIDDER_NAME", "某公司", "BID_PRICE", "1"), record("402", string(rune('a'+i)), "ALARM_CONTENT", "报警"))
		w.drain()
		time.Sleep(5 * time.Millisecond) // some pulses
	}
	w.send(record("503", "n", "NOTICE_NAME", "公告"))
	w.drain()
	p := <-pages
	if p == nil || len(p.Items) != 1 || p.Items[0].Entry == nil || p.Items[0].Entry.Dataset != "503" {
		t.Fatalf("woken with %+v", p)
	}
	if _, err := w.feed.Read(t.Context(), disclose.Reader{}, feed.Query{After: p.Next, Wait: time.Millisecond}); err != nil {
		t.Errorf("the time is over: %v", err)
	}
}

// So many may wait and no more; a client that leaves gives its place back, and
// a stop answers all.
func TestPlacesToWait(t *testing.T) {
	w := newWorld(t, "", begin)
	wait := func(ctx context.Context, r disclose.Reader, d time.Duration) error {
		p, err := w.feed.Read(ctx, r, feed.Query{After: feed.End, Wait: d})
		if err == nil && (len(p.Items) > 0 || !p.End) {
			t.Errorf("a page of nothing is %+v", p)
		}
		return err
	}
	leaving, leave := context.WithCancel(t.Context())
	left, stopped := make(chan error, 1), make(chan error, 1)
	go func() { left <- wait(leaving, disclose.Reader{}, feed.MaxWait) }()
	go func() { stopped <- wait(t.Context(), disclose.Reader{}, feed.MaxWait) }()
	for !errors.Is(wait(t.Context(), disclose.Reader{}, time.Nanosecond), feed.ErrBusy) {
		time.Sleep(time.Millisecond)
	}
	if err := wait(t.Context(), disclose.Reader{Audience: disclose.Auditor}, time.Nanosecond); err != nil {
		t.Errorf("the public's places are the auditor's: %v", err)
	}
	if err := wait(t.Context(), disclose.Reader{}, 0); err != nil {
		t.Errorf("who does not wait needs no place: %v", err)
	}
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("a client that left: %v", err)
	}
	if err := wait(t.Context(), disclose.Reader{}, time.Nanosecond); err != nil {
		t.Errorf("the place of one who left: %v", err)
	}
	w.feed.Stop()
	if err := <-stopped; err != nil {
		t.Errorf("a stop: %v", err)
	}
}

// A cursor of another reader, of other rights or altered is refused; one of the
// house's key from before a restart is not.
func TestCursors(t *testing.T) {
	w := newWorld(t, "", begin)
	r := disclose.Reader{Audience: disclose.Supervisor, Regions: []string{"410100", "410200"}}
	p, err := w.feed.Read(t.Context(), r, feed.Query{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.feed.Read(t.Context(), r, feed.Query{After: p.Next})
	if err != nil || again.Next == p.Next {
		t.Errorf("the same place has the same cursor: a reader can tell whether it moved (%v)", err)
	}
	same := disclose.Reader{Audience: disclose.Supervisor, Regions: []string{"410200", "410100"}, ID: "another token"}
	if _, err := w.open().Read(t.Context(), same, feed.Query{After: p.Next}); err != nil {
		t.Errorf("after a restart: %v", err)
	}
	bad := []byte(p.Next)
	bad[7] ^= 3
	for what, c := range map[string]struct {
		r disclose.Reader
		q feed.Query
	}{
		"altered":       {r, feed.Query{After: string(bad)}},
		"fewer regions": {disclose.Reader{Audience: disclose.Supervisor, Regions: []string{"410100"}}, feed.Query{After: p.Next}},
		"a sector":      {disclose.Reader{Audience: disclose.Supervisor, Regions: r.Regions, Sectors: []string{"land"}}, feed.Query{Before: p.Next}},
		"the public":    {disclose.Reader{}, feed.Query{After: p.Next}},
		"none":          {r, feed.Query{After: "1"}},
	} {
		if _, err := w.feed.Read(t.Context(), c.r, c.q); !errors.Is(err, feed.ErrCursor) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// What was erased by law is not to be had by asking for the time before; what
// its sender withdrew is for those who see tombstones.
func TestThePastForgetsToo(t *testing.T) {
	w := newWorld(t, "", begin)
	at := w.send(record("503", "n", "NOTICE_NAME", "公告", "NOTICE_CONTENT", "张三的住址"), record("503", "d", "NOTICE_NAME", "撤回的公告"))
	w.drain()
	then := w.clock()
	has := func(who, text string) bool {
		t.Helper()
		s := state{}
		w.read(s, readers[who], "", 10, then)
		for _, item := range s {
			if strings.Contains(item, text) {
				return true
			}
		}
		return false
	}
	for _, text := range []string{"张三的住址", "撤回的公告"} {
		if !has("public", text) || !has("auditor", text) {
			t.Fatalf("%s is not told before anything happened", text)
		}
	}
	gone := record("503", "d")
	gone.Op, gone.Revision, gone.Fields = standard.Delete, "2", nil
	w.send(gone)
	if _, err := w.ledger.Erase(t.Context(), ledger.Erasure{
		Order: "order 1", Position: at[0], Fields: []string{"NOTICE_CONTENT"}, Reason: "test", Author: ledger.Author{Kind: "person", ID: "office"},
	}); err != nil {
		t.Fatal(err)
	}
	w.drain()
	for _, who := range []string{"public", "auditor", "supervisor", "source"} {
		if has(who, "张三") {
			t.Errorf("%s reads what was erased", who)
		}
		if !has(who, "公告") {
			t.Errorf("%s has lost the notice with it", who)
		}
	}
	if has("public", "撤回的公告") || !has("auditor", "撤回的公告") {
		t.Error("a withdrawn notice is told to the public, or kept from the auditor")
	}
}

// A feed that was lost, as one that an older program never wrote, fills again
// when the dockets are looked at, and who followed the old one is told all anew.
func TestALostFeedFillsAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "m.db")
	w := newWorld(t, "sqlite:"+file, begin)
	w.send(record("501", "p", "TENDER_PROJECT_NAME", "某路工程"), record("503", "n", "NOTICE_NAME", "公告"))
	w.drain()
	have := state{}
	at := w.read(have, readers["public"], "", 10, time.Time{})
	before := maps.Clone(have)
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range []string{`DELETE FROM feed_item`, `DELETE FROM feed_state`, `UPDATE feed_head SET seq = 0, at = 0`, `UPDATE docket SET again = 1`} { // the last as the migration does
		if _, err := db.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	empty := state{}
	if w.read(empty, readers["public"], "", 10, time.Time{}); len(empty) > 0 {
		t.Fatal("the feed was not lost: nothing is shown")
	}
	w.drain()
	fresh := state{}
	w.read(fresh, readers["public"], "", 10, time.Time{})
	compare(t, "anew", fresh, before)
	clear(have)
	w.read(have, readers["public"], at, 10, time.Time{})
	compare(t, "from the cursor of before", have, before)
}
