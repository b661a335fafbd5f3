package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"mingjing/internal/store"
)

func person(id, username string) store.PersonRow {
	return store.PersonRow{ID: id, Username: username, Name: "张" + id, Created: day}
}

func password(id, person string) store.CredentialRow {
	return store.CredentialRow{ID: id, Person: person, Kind: "password", State: "active", Created: day, Secret: []byte("$argon2id$")}
}

func testPeople(t *testing.T, db *store.DB) {
	ctx := t.Context()
	a, b := person("p1", "zhang"), person("p2", "Li")
	must(t, db.AddPerson(ctx, a, password("c1", "p1")))
	must(t, db.AddPerson(ctx, b, password("c2", "p2")))
	if err := db.AddPerson(ctx, person("p3", "zhang"), password("c3", "p3")); !errors.Is(err, store.ErrTaken) {
		t.Errorf("a username twice: %v, needed is ErrTaken", err)
	}
	kept, err := db.Credentials(ctx, "p3")
	must(t, err)
	want(t, "nothing of a refused person is kept", kept, nil)
	got, err := db.PersonNamed(ctx, "zhang")
	must(t, err)
	want(t, "by username", got, &a)
	got, err = db.PersonNamed(ctx, "Zhang")
	must(t, err)
	want(t, "by other case", got, nil)
	got, err = db.Person(ctx, "p2")
	must(t, err)
	want(t, "by id", got, &b)
	list, err := db.People(ctx, "", 0)
	must(t, err)
	want(t, "people in the order of bytes", list, []store.PersonRow{b, a})
	list, err = db.People(ctx, "Li", 1)
	must(t, err)
	want(t, "page", list, []store.PersonRow{a})

	before, err := db.Access(ctx)
	must(t, err)
	must(t, db.LockPerson(ctx, "p1", true, "locked", day))
	after, err := db.Access(ctx)
	must(t, err)
	want(t, "a lock is counted", after, before+1)
	got, err = db.Person(ctx, "p1")
	must(t, err)
	want(t, "locked", got.Locked, true)
	if err := db.LockPerson(ctx, "p9", true, "locked", day); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("locking nobody: %v", err)
	}
	after, err = db.Access(ctx)
	must(t, err)
	want(t, "what failed is not counted", after, before+1)
}

func testAttempts(t *testing.T, db *store.DB) {
	ctx := t.Context()
	until, long := day.Add(15*time.Minute), day.Add(-time.Hour)
	attempt := func(name string, at time.Time) bool {
		t.Helper()
		let, err := db.CountAttempt(ctx, name, at, 5, until, long)
		must(t, err)
		return let
	}
	barred := func(names ...string) map[string]time.Time {
		t.Helper()
		m, err := db.Barred(ctx, names, day)
		must(t, err)
		return m
	}
	// However many at once, no more than the number are looked at.
	var mu sync.Mutex
	var wg sync.WaitGroup
	let := 0
	for range 12 {
		wg.Go(func() {
			ok, err := db.CountAttempt(ctx, "a", day, 5, until, long)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if ok {
				let++
			}
		})
	}
	wg.Wait()
	want(t, "attempts looked at", let, 5)
	want(t, "barred", attempt("a", until.Add(-time.Millisecond)), false)
	want(t, "until", barred("a", "A", "b"), map[string]time.Time{"a": until})
	want(t, "another name", attempt("A", day), true)
	want(t, "over", attempt("a", until), true)
	want(t, "not barred", barred("a"), map[string]time.Time{})
	must(t, db.TakeBackAttempt(ctx, "a", false))
	must(t, db.TakeBackAttempt(ctx, "a", false)) // never below nothing
	for i := range 5 {
		want(t, "from the beginning", attempt("a", day), true)
		want(t, "barred by the last", len(barred("a")), i/4)
	}
	want(t, "then none", attempt("a", day), false)
	must(t, db.TakeBackAttempt(ctx, "a", false))
	want(t, "the bar goes with its attempt", attempt("a", day), true)
	must(t, db.TakeBackAttempt(ctx, "a", true))
	for range 4 {
		attempt("a", day)
	}
	want(t, "not barred by four", barred("a"), map[string]time.Time{})
	let2, err := db.CountAttempt(ctx, "a", day.Add(time.Hour), 5, until, day.Add(time.Millisecond))
	must(t, err)
	want(t, "old ones are forgotten", []any{let2, len(barred("a"))}, []any{true, 0})
	let2, err = db.CountAttempt(ctx, "once", day, 1, until, long)
	must(t, err)
	want(t, "one bars at once", []any{let2, len(barred("once"))}, []any{true, 1})
	must(t, db.TidySessions(ctx, until.Add(time.Hour)))
	want(t, "tidied", barred("once"), map[string]time.Time{})
}

// A lent post ends with the one that it lends, and by itself.
func testLentPosts(t *testing.T, db *store.DB) {
	ctx := t.Context()
	own := store.PostRow{ID: "o1", Person: "p1", Role: "supervisor", Begins: day, Unit: "u1", Body: []byte(`{}`)}
	first := store.PostRow{ID: "o2", Person: "p2", Role: "supervisor", Begins: day, Ends: day.Add(time.Hour), Unit: "u1", Lent: "o1", Body: []byte(`{}`)}
	second := store.PostRow{ID: "o3", Person: "p3", Role: "supervisor", Begins: day.Add(time.Minute), Ends: day.Add(time.Hour), Lent: "o1", Body: []byte(`{}`)}
	for _, p := range []store.PostRow{own, first, second} {
		must(t, db.AddPost(ctx, p))
	}
	lent, err := db.LentPosts(ctx, []string{"o1", "o9", ""})
	must(t, err)
	want(t, "lent", lent, []store.PostRow{first, second})
	list, err := db.PostsOfUnit(ctx, "u1")
	must(t, err)
	want(t, "of an organisation", list, []store.PostRow{own, first})
	list, err = db.PostsOfUnit(ctx, "")
	must(t, err)
	want(t, "of none", len(list), 0)
	must(t, db.AddPerson(ctx, person("p2", "li"), password("c2", "p2")))
	must(t, db.AddSession(ctx, store.SessionRow{Digest: []byte("d"), ID: "s1", Person: "p2", Post: "o2", Stage: "open", Created: day, Seen: day, Expires: day.Add(time.Hour), Proved: day}))
	must(t, db.ProveSession(ctx, "s1", day.Add(time.Second)))
	st, err := db.SessionByID(ctx, "s1")
	must(t, err)
	want(t, "the session knows its post", *st.Post, first)
	want(t, "when it was proved", st.Session.Proved, day.Add(time.Second))
	must(t, db.WithdrawPost(ctx, "p2", "o2", day.Add(time.Second)))
	must(t, db.WithdrawPost(ctx, "p1", "o1", day.Add(time.Minute)))
	lent, err = db.LentPosts(ctx, []string{"o1"})
	must(t, err)
	first.Withdrawn, second.Withdrawn = day.Add(time.Second), day.Add(time.Minute)
	want(t, "each ended when it did", lent, []store.PostRow{first, second})
	must(t, db.EndSession(ctx, "p2", "s1", "ended", day))
	if err := db.ProveSession(ctx, "s1", day); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("proving what has ended: %v", err)
	}
}

func testOrganisations(t *testing.T, db *store.DB) {
	ctx := t.Context()
	a := store.OrganisationRow{ID: "b", Begins: day, Body: []byte(`{"name":"洛阳市水利局"}`)}
	b := store.OrganisationRow{ID: "a", Begins: day, Body: []byte(`{}`)}
	c := store.OrganisationRow{ID: "b", Begins: day.Add(time.Millisecond), Body: []byte(`{"name":"洛阳市水务局"}`)}
	must(t, db.AddOrganisations(ctx, a, b))
	must(t, db.AddOrganisations(ctx, c))
	if err := db.AddOrganisations(ctx, store.OrganisationRow{ID: "z", Begins: day, Body: []byte(`{}`)}, a); !errors.Is(err, store.ErrTaken) {
		t.Errorf("the same again: %v", err)
	}
	list, err := db.Organisations(ctx)
	must(t, err)
	want(t, "all versions, nothing of what failed", list, []store.OrganisationRow{b, a, c})
}

func testOneCredential(t *testing.T, db *store.DB) {
	ctx := t.Context()
	a := store.CredentialRow{ID: "c1", Person: "p1", Kind: "passkey", Name: "k1", Label: "手机", State: "active", Created: day, Secret: []byte("a")}
	b := store.CredentialRow{ID: "c2", Person: "p1", Kind: "passkey", Name: "k2", State: "active", Created: day.Add(time.Second), Secret: []byte("b")}
	must(t, db.AddCredential(ctx, a))
	must(t, db.AddCredential(ctx, b))
	taken := a
	taken.ID, taken.Person = "c3", "p2"
	if err := db.AddCredential(ctx, taken); !errors.Is(err, store.ErrTaken) {
		t.Errorf("another's name: %v", err)
	}
	must(t, db.SaveCredential(ctx, "c1", []byte("a"), []byte("a2"), day.Add(time.Minute)))
	if err := db.SaveCredential(ctx, "c1", []byte("a"), []byte("a3"), day); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("saved over a later one: %v", err)
	}
	for _, c := range []struct{ person, kind, id string }{{"p2", "passkey", "c2"}, {"p1", "oidc", "c2"}, {"p1", "passkey", "c9"}} {
		if err := db.DropCredential(ctx, c.person, c.kind, c.id); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("dropping %v: %v", c, err)
		}
	}
	must(t, db.DropCredential(ctx, "p1", "passkey", "c2"))
	a.Secret, a.Used = []byte("a2"), day.Add(time.Minute)
	list, err := db.Credentials(ctx, "p1")
	must(t, err)
	want(t, "left", list, []store.CredentialRow{a})
}

func testOnce(t *testing.T, db *store.DB) {
	ctx := t.Context()
	must(t, db.Once(ctx, "x", day.Add(time.Minute), day))
	for range 2 {
		if err := db.Once(ctx, "x", day.Add(time.Hour), day.Add(time.Minute)); !errors.Is(err, store.ErrTaken) {
			t.Errorf("twice: %v", err)
		}
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	took := 0
	for range 8 {
		wg.Go(func() {
			err := db.Once(ctx, "y", day.Add(time.Minute), day)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				took++
			} else if !errors.Is(err, store.ErrTaken) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	want(t, "taken by so many at once", took, 1)
	must(t, db.Once(ctx, "x", day.Add(time.Hour), day.Add(time.Minute+time.Millisecond)))
}

func testPosts(t *testing.T, db *store.DB) {
	ctx := t.Context()
	a := store.PostRow{ID: "o1", Person: "p1", Role: "supervisor", Begins: day, Body: []byte(`{"title":"洛阳"}`)}
	b := store.PostRow{ID: "o2", Person: "p1", Role: "office", Begins: day.Add(-time.Hour), Ends: day.Add(time.Hour), Body: []byte(`{}`)}
	c := store.PostRow{ID: "o3", Person: "p2", Role: "auditor", Begins: day, Body: []byte(`{}`)}
	for _, p := range []store.PostRow{a, b, c} {
		must(t, db.AddPost(ctx, p))
	}
	list, err := db.Posts(ctx, []string{"p1"})
	must(t, err)
	want(t, "posts", list, []store.PostRow{b, a})
	list, err = db.Posts(ctx, []string{"p1", "p2", "p9"})
	must(t, err)
	want(t, "posts of several", len(list), 3)
	before, err := db.Access(ctx)
	must(t, err)
	for _, c := range []struct{ person, post string }{{"p2", "o1"}, {"p1", "o9"}} {
		if err := db.WithdrawPost(ctx, c.person, c.post, day); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("withdrawing %s of %s: %v", c.post, c.person, err)
		}
	}
	must(t, db.WithdrawPost(ctx, "p1", "o1", day.Add(time.Minute)))
	if err := db.WithdrawPost(ctx, "p1", "o1", day.Add(time.Hour)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("withdrawing twice: %v", err)
	}
	a.Withdrawn = day.Add(time.Minute)
	list, err = db.Posts(ctx, []string{"p1"})
	must(t, err)
	want(t, "withdrawn", list, []store.PostRow{b, a})
	after, err := db.Access(ctx)
	must(t, err)
	want(t, "counted once", after, before+1)
}

func testCredentials(t *testing.T, db *store.DB) {
	ctx := t.Context()
	must(t, db.AddPerson(ctx, person("p1", "zhang"), password("c1", "p1")))
	totp := store.CredentialRow{ID: "c2", Person: "p1", Kind: "totp", State: "pending", Created: day, Secret: []byte{0, 255}}
	must(t, db.PutCredentials(ctx, "p1", "totp", totp))
	list, err := db.Credentials(ctx, "p1", "p9")
	must(t, err)
	want(t, "credentials", list, []store.CredentialRow{password("c1", "p1"), totp})

	// A step is good once, and no earlier one after it; two at once, one wins.
	won := make(chan bool, 8)
	for range 8 {
		go func() { won <- db.UseCredential(ctx, "c2", 7, day) == nil }()
	}
	n := 0
	for range 8 {
		if <-won {
			n++
		}
	}
	want(t, "uses of one step", n, 1)
	if err := db.UseCredential(ctx, "c2", 6, day); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an earlier step: %v", err)
	}
	totp.Counter, totp.Used, totp.State = 7, day, "active"
	list, err = db.Credentials(ctx, "p1")
	must(t, err)
	want(t, "used", list[1], totp)

	code := store.CredentialRow{ID: "r1", Person: "p1", Kind: "recovery", State: "active", Created: day, Secret: []byte{1}}
	other := code
	other.ID, other.Secret = "r2", []byte{2}
	must(t, db.PutCredentials(ctx, "p1", "recovery", code, other))
	must(t, db.TakeCredential(ctx, "p1", "recovery", []byte{1}))
	for _, c := range [][]byte{{1}, {9}, nil} {
		if err := db.TakeCredential(ctx, "p1", "recovery", c); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("taking %v: %v", c, err)
		}
	}
	if err := db.TakeCredential(ctx, "p2", "recovery", []byte{2}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("another's code: %v", err)
	}
	must(t, db.PutCredentials(ctx, "p1", "recovery"))
	list, err = db.Credentials(ctx, "p1")
	must(t, err)
	want(t, "the kind is gone", len(list), 2)

	// Names of a kind belong to one; a kind that has none may be anybody's.
	key := store.CredentialRow{ID: "k1", Person: "p1", Kind: "passkey", Name: "AAEC", Label: "钥匙", State: "active", Created: day, Secret: []byte("public")}
	must(t, db.PutCredentials(ctx, "p1", "passkey", key))
	taken := key
	taken.ID, taken.Person = "k2", "p2"
	if err := db.PutCredentials(ctx, "p2", "passkey", taken); !errors.Is(err, store.ErrTaken) {
		t.Errorf("a key of two people: %v", err)
	}
	taken.Kind = "certificate"
	must(t, db.PutCredentials(ctx, "p2", "certificate", taken))
	got, err := db.CredentialNamed(ctx, "passkey", "AAEC")
	must(t, err)
	want(t, "by name", got, &key)
	for _, name := range []string{"", "aaec"} {
		got, err = db.CredentialNamed(ctx, "passkey", name)
		must(t, err)
		want(t, "by name "+name, got, nil)
	}
}

func testSessions(t *testing.T, db *store.DB) {
	ctx := t.Context()
	p := person("p1", "zhang")
	must(t, db.AddPerson(ctx, p, password("c1", "p1")))
	post := store.PostRow{ID: "o1", Person: "p1", Role: "supervisor", Begins: day, Body: []byte(`{}`)}
	must(t, db.AddPost(ctx, post))
	must(t, db.AddPost(ctx, store.PostRow{ID: "o2", Person: "p2", Role: "office", Begins: day, Body: []byte(`{}`)}))
	s := store.SessionRow{Digest: []byte{1, 0}, ID: "s1", Person: "p1", Stage: "code", Created: day, Seen: day, Expires: day.Add(time.Minute), IP: "::1", Agent: "浏览器"}
	must(t, db.AddSession(ctx, s))
	st, err := db.Session(ctx, s.Digest)
	must(t, err)
	want(t, "session", st, &store.SessionState{Session: s, Person: p})

	must(t, db.StepSession(ctx, "s1", "code", "open", "o1", []byte{2, 0}, day.Add(time.Hour)))
	if err := db.StepSession(ctx, "s1", "code", "open", "o1", []byte{3}, day.Add(time.Hour)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the same step twice: %v", err)
	}
	none, err := db.Session(ctx, s.Digest)
	must(t, err)
	want(t, "the former cookie", none, nil)
	s.Digest, s.Stage, s.Post, s.Expires = []byte{2, 0}, "open", "o1", day.Add(time.Hour)
	st, err = db.SessionByID(ctx, "s1")
	must(t, err)
	want(t, "stepped", st, &store.SessionState{Session: s, Person: p, Post: &post})

	must(t, db.SetSessionPost(ctx, "s1", "o2"))
	st, err = db.SessionByID(ctx, "s1")
	must(t, err)
	want(t, "in another's post", st.Post, nil)
	must(t, db.SetSessionPost(ctx, "s1", "o1"))
	must(t, db.SeeSession(ctx, "s1", day.Add(time.Second), "10.0.0.1"))
	must(t, db.SeeSession(ctx, "s1", day, "10.0.0.2")) // came late
	s.Seen, s.IP = day.Add(time.Second), "10.0.0.1"

	two, three := s, s
	two.Digest, two.ID, two.Created, three.Digest, three.ID, three.Person = []byte{4}, "s2", day.Add(time.Second), []byte{5}, "s3", "p2"
	must(t, db.AddSession(ctx, two))
	must(t, db.AddSession(ctx, three))
	list, err := db.Sessions(ctx, "p1")
	must(t, err)
	want(t, "sessions", list, []store.SessionRow{two, s})

	before, err := db.Access(ctx)
	must(t, err)
	if err := db.EndSession(ctx, "p2", "s1", "signed out", day); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("ending another's session: %v", err)
	}
	must(t, db.EndSession(ctx, "p1", "s1", "signed out", day.Add(time.Minute)))
	if err := db.EndSession(ctx, "p1", "s1", "again", day); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("ending twice: %v", err)
	}
	for name, err := range map[string]error{
		"stepping an ended session": db.StepSession(ctx, "s1", "open", "open", "o1", []byte{9}, day.Add(time.Hour)),
		"switching an ended one":    db.SetSessionPost(ctx, "s1", "o1"),
	} {
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	st, err = db.Session(ctx, s.Digest)
	must(t, err)
	want(t, "ended", []any{st.Session.Ended, st.Session.Why}, []any{day.Add(time.Minute), "signed out"})
	must(t, db.EndSessions(ctx, "p1", "s2", "elsewhere", day))
	list, err = db.Sessions(ctx, "p1")
	must(t, err)
	want(t, "all but one", list, []store.SessionRow{two})
	must(t, db.EndSessions(ctx, "p1", "", "everywhere", day))
	list, err = db.Sessions(ctx, "p1")
	must(t, err)
	want(t, "all", list, nil)
	list, err = db.Sessions(ctx, "p2")
	must(t, err)
	want(t, "others stay", len(list), 1)
	after, err := db.Access(ctx)
	must(t, err)
	want(t, "each is counted", after, before+3)

	locked := three
	locked.Digest, locked.ID, locked.Person = []byte{6}, "s4", "p1"
	must(t, db.AddSession(ctx, locked))
	must(t, db.LockPerson(ctx, "p1", true, "locked", day.Add(2*time.Minute)))
	must(t, db.LockPerson(ctx, "p1", false, "", day.Add(2*time.Minute)))
	st, err = db.SessionByID(ctx, "s4")
	must(t, err)
	want(t, "a lock ends sessions for good", []any{st.Session.Why, st.Session.Ended, st.Person.Locked}, []any{"locked", day.Add(2 * time.Minute), false})
	after += 2

	must(t, db.TidySessions(ctx, day.Add(30*time.Minute)))
	st, err = db.SessionByID(ctx, "s2")
	must(t, err)
	want(t, "tidied", st, nil)
	list, err = db.Sessions(ctx, "p2")
	must(t, err)
	want(t, "what lasts stays", len(list), 1)

	token := store.TokenRow{Digest: []byte{7}, Name: "x", Created: day, Body: []byte(`{}`)}
	must(t, db.PutToken(ctx, token))
	must(t, db.DeleteToken(ctx, token.Digest))
	last, err := db.Access(ctx)
	must(t, err)
	want(t, "an ended token is counted", last, after+1)
}
