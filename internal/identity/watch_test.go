package identity

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"mingjing/internal/disclose"
)

// Whatever ends a session ends what is open in it, in another process too, and
// says why; what concerns others ends nothing.
func TestWhatIsOpenEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(h *house, p *Person, cookie string, id Identity) error
		want Why
	}{
		{"the post is withdrawn", func(h *house, p *Person, _ string, _ Identity) error {
			return h.a.Withdraw(h.t.Context(), desk, p.ID, p.Posts[0].ID)
		}, Withdrawn},
		{"the person is locked", func(h *house, p *Person, _ string, _ Identity) error {
			return h.a.Lock(h.t.Context(), desk, p.ID, true)
		}, Locked},
		{"the session is ended elsewhere", func(h *house, _ *Person, _ string, id Identity) error {
			_, other := h.signIn("zhang")
			return h.a.EndSession(h.t.Context(), other, id.Session)
		}, EndedBy},
		{"all sessions are ended", func(h *house, _ *Person, _ string, id Identity) error { return h.a.EndAll(h.t.Context(), id, false) }, EndedBy},
		{"signed out", func(h *house, _ *Person, cookie string, _ Identity) error {
			return h.a.SignOut(h.t.Context(), cookie)
		}, SignedOut},
		{"the access is reset", func(h *house, p *Person, _ string, _ Identity) error {
			_, err := h.a.Reset(h.t.Context(), desk, p.ID)
			return err
		}, Changed},
		{"another post is chosen", func(h *house, p *Person, _ string, id Identity) error {
			post, err := h.a.Grant(h.t.Context(), desk, p.ID, auditor)
			if err != nil {
				return err
			}
			_, err = h.a.ChoosePost(h.t.Context(), id, post.ID)
			return err
		}, Switched},
		{"nobody used it", func(h *house, _ *Person, _ string, _ Identity) error { h.pass(31 * time.Minute); return nil }, Idle},
		{"it is old", func(h *house, _ *Person, cookie string, _ Identity) error {
			for range 30 {
				h.pass(25 * time.Minute)
				_, _ = h.a.Identify(h.t.Context(), cookie, "", true)
			}
			return nil
		}, Expired},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			p := h.person("zhang", luoyang)
			h.person("li", auditor)
			cookie, id := h.signIn("zhang")
			_, idle := h.signIn("li")
			other := h.accounts() // another process
			watched, stop := other.While(t.Context(), id)
			defer stop()
			untouched, stopToo := other.While(t.Context(), Identity{Session: idle.Session, Post: idle.Post})
			defer stopToo()
			time.Sleep(2 * pollEvery)
			if err := watched.Err(); err != nil {
				t.Fatalf("it ended before anything was done: %v", context.Cause(watched))
			}
			h.must(c.do(h, p, cookie, id))
			select {
			case <-watched.Done():
			case <-time.After(5 * time.Second):
				t.Fatal("it did not end")
			}
			if why, _ := WhyEnded(context.Cause(watched)); why != c.want {
				t.Errorf("it ended because %q, not %q", why, c.want)
			}
			if c.want != Idle && c.want != Expired && untouched.Err() != nil {
				t.Errorf("somebody else's ended too: %v", context.Cause(untouched))
			}
			if c.want == Switched {
				if got := h.who(cookie); got.Post.Role != Auditor {
					t.Errorf("the session goes on as %q", got.Post.Role)
				}
				return
			}
			if why := h.why(cookie); why != c.want {
				t.Errorf("the next request is refused because %q, not %q", why, c.want)
			}
		})
	}
}

// What ended between a request's look and its watch is seen all the same.
func TestNothingEndsUnseen(t *testing.T) {
	h := newHouse(t)
	p := h.person("zhang", luoyang)
	h.person("li", auditor)
	_, id := h.signIn("zhang")
	_, other := h.signIn("li")
	_, stop := h.a.While(t.Context(), other) // the poller runs and knows the present number
	defer stop()
	h.must(h.a.Withdraw(t.Context(), desk, p.ID, p.Posts[0].ID))
	time.Sleep(3 * pollEvery)
	select {
	case <-h.a.Ended(t.Context(), id):
	case <-time.After(5 * time.Second):
		t.Fatal("a session that had ended before is watched as if it lasted")
	}
}

// A token that is taken back ends what is open under it.
func TestTokenEnds(t *testing.T) {
	h := newHouse(t)
	token, row, err := Issue(strings.NewReader(string(random(32))), h.now, Grant{Name: "audit", Reader: disclose.Reader{Audience: disclose.Auditor}, Expires: h.now.Add(time.Hour)})
	h.must(err)
	h.must(h.db.PutToken(t.Context(), row))
	for name, end := range map[string]func(){
		"taken back": func() { h.must(h.db.DeleteToken(t.Context(), row.Digest)) },
		"its time":   func() { h.must(h.db.PutToken(t.Context(), row)); h.pass(2 * time.Hour) },
	} {
		h.must(h.db.PutToken(t.Context(), row))
		h.mu.Lock()
		h.now = row.Created
		h.mu.Unlock()
		ctx, stop := h.a.WhileToken(t.Context(), "Bearer "+token)
		time.Sleep(2 * pollEvery)
		if ctx.Err() != nil {
			t.Fatalf("%s: it ended before", name)
		}
		end()
		select {
		case <-ctx.Done():
		case <-time.After(5 * time.Second):
			t.Fatalf("%s: it did not end", name)
		}
		stop()
	}
}

// Who cannot be checked is not let in for ever: when the store does not answer
// for too long, what is open ends.
func TestBlindWatchEnds(t *testing.T) {
	h := newHouse(t)
	h.person("zhang", luoyang)
	_, id := h.signIn("zhang")
	h.a.watch.blind = 2 * time.Second
	ctx, stop := h.a.While(t.Context(), id)
	defer stop()
	time.Sleep(2 * pollEvery)
	if ctx.Err() != nil {
		t.Fatal("it ended while the store answered")
	}
	h.must(h.db.Close())
	select {
	case <-ctx.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("it goes on though nobody can say whether it may")
	}
}

// Nothing is polled when nothing is watched, and who leaves is forgotten.
func TestWatchRests(t *testing.T) {
	h := newHouse(t)
	h.person("zhang", luoyang)
	_, id := h.signIn("zhang")
	before := runtime.NumGoroutine()
	for range 50 {
		_, stop := h.a.While(t.Context(), id)
		stop()
	}
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		h.a.watch.mu.Lock()
		resting := !h.a.watch.polling && len(h.a.watch.on) == 0
		h.a.watch.mu.Unlock()
		if resting && runtime.NumGoroutine() <= before {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
}
