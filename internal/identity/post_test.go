package identity

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mingjing/internal/disclose"
	"mingjing/internal/store"
)

func TestPostsAreChecked(t *testing.T) {
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		post Post
		ok   bool
	}{
		"supervisor":                   {luoyang, true},
		"supervisor of all":            {Post{Role: Supervisor, Title: "x", Regions: []string{"*"}, Sectors: []string{"construction", "land"}}, true},
		"office":                       {office, true},
		"auditor":                      {auditor, true},
		"administrator":                {machine, true},
		"source's staff":               {vendor, true},
		"tenderer":                     {tenderer, true},
		"with an end":                  {Post{Role: Auditor, Title: "x", From: from, Until: from.Add(1)}, true},
		"no role":                      {Post{Title: "x"}, false},
		"another role":                 {Post{Role: "president", Title: "x"}, false},
		"no title":                     {Post{Role: Auditor, Title: "  "}, false},
		"supervisor of nothing":        {Post{Role: Supervisor, Title: "x"}, false},
		"supervisor of the moon":       {Post{Role: Supervisor, Title: "x", Regions: []string{"moon"}}, false},
		"supervisor of another sector": {Post{Role: Supervisor, Title: "x", Regions: []string{"41"}, Sectors: []string{"magic"}}, false},
		"auditor of a region":          {Post{Role: Auditor, Title: "x", Regions: []string{"41"}}, false},
		"office with a sector":         {Post{Role: Office, Title: "x", Sectors: []string{"land"}}, false},
		"staff of nothing":             {Post{Role: SourceStaff, Title: "x"}, false},
		"auditor with platforms":       {Post{Role: Auditor, Title: "x", Origins: []string{"P"}}, false},
		"tenderer without a code":      {Post{Role: Tenderer, Title: "x"}, false},
		"tenderer with a wrong code":   {Post{Role: Tenderer, Title: "x", Org: "91410100170000000B"}, false},
		"auditor with an organisation": {Post{Role: Auditor, Title: "x", Org: tenderer.Org}, false},
		"ends before it begins":        {Post{Role: Auditor, Title: "x", From: from, Until: from}, false},
	} {
		if err := c.post.Check(); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Who reads in a post: the office and the tenderer see no more than the
// disclosure table lets an administrator and the public see.
func TestReaderOfAPost(t *testing.T) {
	for _, c := range []struct {
		post Post
		want disclose.Reader
	}{
		{office, disclose.Reader{Audience: disclose.Administrator, ID: "office/zhang"}},
		{machine, disclose.Reader{Audience: disclose.Administrator, ID: "administrator/zhang"}},
		{luoyang, disclose.Reader{Audience: disclose.Supervisor, ID: "supervisor/zhang", Regions: []string{"410300"}}},
		{auditor, disclose.Reader{Audience: disclose.Auditor, ID: "auditor/zhang"}},
		{vendor, disclose.Reader{Audience: disclose.Source, ID: "source/zhang", Origins: vendor.Origins}},
		{tenderer, disclose.Reader{Audience: disclose.Public, ID: "tenderer/zhang"}},
		{Post{Role: "president"}, disclose.Reader{Audience: disclose.Public, ID: "president/zhang"}},
	} {
		got := c.post.Reader("zhang", nil)
		if got.Audience != c.want.Audience || got.ID != c.want.ID || !slices.Equal(got.Regions, c.want.Regions) || !slices.Equal(got.Sectors, c.want.Sectors) || !slices.Equal(got.Origins, c.want.Origins) {
			t.Errorf("%s reads as %+v, not %+v", c.post.Role, got, c.want)
		}
	}
}

// Whatever an administrator does to accounts, none of it lets them see bids:
// they take over nobody's account that does, and give nobody a post.
func TestWhoMayDoWhat(t *testing.T) {
	acts := []Act{ActCreate, ActReset, ActLock, ActUnlock, ActGrant, ActWithdraw}
	rapid.Check(t, func(t *rapid.T) {
		actor := rapid.SampledFrom(Roles()).Draw(t, "actor")
		act := rapid.SampledFrom(acts).Draw(t, "act")
		self := rapid.Bool().Draw(t, "self")
		var holds []Post
		for _, r := range rapid.SliceOfN(rapid.SampledFrom(Roles()), 0, 3).Draw(t, "holds") {
			holds = append(holds, Post{Role: r})
		}
		got := May(actor, act, self, holds)
		sees := slices.ContainsFunc(holds, func(p Post) bool {
			return p.Role == Supervisor || p.Role == Auditor || p.Role == SourceStaff || p.Role == Office
		})
		switch {
		case self && got:
			t.Fatalf("%s may %s themselves", actor, act)
		case got && actor != Office && actor != Administrator:
			t.Fatalf("%s may %s", actor, act)
		case got && actor == Administrator && (act == ActGrant || act == ActWithdraw || act == ActReset && sees || act == ActUnlock && sees):
			t.Fatalf("an administrator may %s somebody who holds %v", act, holds)
		case !got && actor == Office && !self:
			t.Fatalf("the office may not %s", act)
		case !got && actor == Administrator && !self && (act == ActLock || act == ActCreate || act == ActReset && !sees):
			t.Fatalf("an administrator may not %s somebody who holds %v", act, holds)
		}
		if got := MayList(actor); got != (actor == Office || actor == Administrator) {
			t.Fatalf("%s may list people: %v", actor, got)
		}
	})
}

// A session is judged by what is stored and the time alone: it lasts exactly
// until the time that is named, and once it is over nothing brings it back.
func TestJudge(t *testing.T) {
	begin := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		minutes := func(label string, least, most int) time.Duration {
			return time.Duration(rapid.IntRange(least, most).Draw(t, label)) * time.Minute
		}
		idle := minutes("idle", 1, 90)
		st := &store.SessionState{Session: store.SessionRow{
			Stage: rapid.SampledFrom([]string{"code", "renew", "open"}).Draw(t, "stage"), Created: begin, Seen: begin.Add(minutes("seen", 0, 60)), Expires: begin.Add(minutes("expires", 1, 200)),
		}}
		if rapid.Bool().Draw(t, "in a post") {
			st.Session.Post = "o"
			if rapid.IntRange(0, 9).Draw(t, "gone") > 0 {
				st.Post = &store.PostRow{ID: "o", Begins: begin.Add(-minutes("begins", 0, 60))}
				if rapid.Bool().Draw(t, "ends") {
					st.Post.Ends = begin.Add(minutes("post ends", 1, 200))
				}
			}
		}
		now := st.Session.Seen.Add(minutes("now", 0, 200))
		why, until := judge(st, now, idle)
		if why == "" {
			if !until.After(now) {
				t.Fatalf("it lasts, but until %s, which is not after %s", until, now)
			}
			if w, _ := judge(st, until.Add(-time.Millisecond), idle); w != "" {
				t.Fatalf("it is said to last until %s, but ends before: %s", until, w)
			}
			if w, _ := judge(st, until, idle); w == "" {
				t.Fatalf("it is said to end at %s, but lasts", until)
			}
		} else if w, _ := judge(st, now.Add(minutes("later", 0, 300)), idle); w == "" {
			t.Fatalf("it was over (%s) and lasts again", why)
		}
		for name, end := range map[string]func(*store.SessionState){
			"ended":  func(s *store.SessionState) { s.Session.Ended, s.Session.Why = begin, "ended" },
			"locked": func(s *store.SessionState) { s.Person.Locked = true },
			"withdrawn": func(s *store.SessionState) {
				s.Session.Post, s.Post = "o", &store.PostRow{Begins: begin, Withdrawn: now}
			},
		} {
			other := *st
			end(&other)
			if w, _ := judge(&other, now, idle); w == "" {
				t.Fatalf("%s, and it lasts", name)
			}
		}
	})
}

func TestHolds(t *testing.T) {
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		post Post
		want bool
	}{
		"begins now":      {Post{From: at}, true},
		"begins later":    {Post{From: at.Add(time.Second)}, false},
		"ends now":        {Post{From: at.Add(-time.Hour), Until: at}, false},
		"ends later":      {Post{From: at.Add(-time.Hour), Until: at.Add(time.Second)}, true},
		"withdrawn":       {Post{From: at.Add(-time.Hour), Withdrawn: at.Add(-time.Minute)}, false},
		"withdrawn ahead": {Post{From: at.Add(-time.Hour), Withdrawn: at.Add(time.Hour)}, false},
	} {
		if got := c.post.Holds(at); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestPostIsReadBack(t *testing.T) {
	for _, p := range []Post{luoyang, office, auditor, machine, vendor, tenderer} {
		p.ID, p.From = "o1", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		row, err := p.row("p1")
		if err != nil {
			t.Fatal(err)
		}
		got, err := ReadPost(&row)
		if err != nil || got.Title != p.Title || got.Role != p.Role || !slices.Equal(got.Regions, p.Regions) || !slices.Equal(got.Origins, p.Origins) || got.Org != p.Org || !got.From.Equal(p.From) {
			t.Errorf("%+v is read back as %+v, %v", p, got, err)
		}
	}
	for _, row := range []store.PostRow{{Role: "auditor", Body: []byte("{")}, {Role: "president", Body: []byte("{}")}} {
		if _, err := ReadPost(&row); err == nil {
			t.Errorf("%+v is read", row)
		}
	}
}
