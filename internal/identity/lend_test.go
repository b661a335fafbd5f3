package identity

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"mingjing/internal/store"
)

// Over a holiday a colleague acts in the post, as themselves for its holder.
func TestLend(t *testing.T) {
	h := newHouse(t)
	zhang, li := h.person("zhang", luoyang), h.person("li", auditor)
	_, me := h.signIn("zhang")
	h.deeds = nil
	until := h.now.Add(7 * 24 * time.Hour)
	lent, err := h.a.Lend(t.Context(), me, "LI", time.Time{}, until)
	h.must(err)
	if d := h.deeds[0]; d.Act != ActLend || d.Person != li.ID || d.By.Person != zhang.ID || d.Post.Lent.Post != me.Post.ID || d.Post.Lent.Person != zhang.ID {
		t.Errorf("recorded: %+v", d)
	}
	_, borrower := h.signIn("li")
	if borrower.Stage != Choose {
		t.Fatalf("with two posts they are at %s", borrower.Stage)
	}
	borrower, err = h.a.ChoosePost(t.Context(), borrower, lent.ID)
	h.must(err)
	if borrower.Post.Role != Supervisor || !slices.Equal(borrower.Reader.Regions, luoyang.Regions) || borrower.Post.Lent.Name != "张zhang" {
		t.Errorf("they act in %+v", borrower.Post)
	}
	if id := borrower.Reader.ID; !strings.Contains(id, "li") || !strings.Contains(id, zhang.ID) {
		t.Errorf("the access log would name %q", id)
	}
	if _, err := h.a.Lend(t.Context(), borrower, "zhang", time.Time{}, until); !errors.Is(err, ErrNotYours) {
		t.Errorf("a lent post is lent on: %v", err)
	}
	// By the deed's own actor it is told for whom they act.
	boss := h.person("boss", office)
	_, chief := h.signIn("boss")
	_, err = h.a.Lend(t.Context(), chief, "zhang", time.Time{}, until)
	h.must(err)
	_, deputy := h.signIn("zhang")
	posts, err := h.a.PostsInForce(t.Context(), zhang.ID)
	h.must(err)
	at := slices.IndexFunc(posts, func(p Post) bool { return p.Lent != nil })
	deputy, err = h.a.ChoosePost(t.Context(), deputy, posts[at].ID)
	h.must(err)
	h.deeds = nil
	if _, err := h.a.Grant(t.Context(), By{Who: deputy}, li.ID, auditor); err != nil || h.deeds[0].By.Person != zhang.ID || h.deeds[0].By.Post.Lent.Person != boss.ID {
		t.Errorf("a deputy's grant: %v, %+v", err, h.deeds)
	}
	// It ends on its day, without anybody's doing.
	h.pass(7*24*time.Hour - time.Millisecond)
	cookie, _, err := h.a.SignIn(t.Context(), "li", secret, Visit{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.a.ChoosePost(t.Context(), h.who(cookie), lent.ID)
	h.must(err)
	h.pass(time.Millisecond)
	if why := h.why(cookie); why != PostOver {
		t.Errorf("after its time it says %q", why)
	}
}

func TestLendIsChecked(t *testing.T) {
	h := newHouse(t)
	ending := luoyang
	ending.Until = h.now.Add(10 * 24 * time.Hour)
	h.person("zhang", ending)
	h.person("li", auditor)
	h.person("idle")
	h.person("keeper", machine)
	locked := h.person("locked", auditor)
	h.must(h.a.Lock(t.Context(), desk, locked.ID, true))
	_, me := h.signIn("zhang")
	soon := h.now.Add(24 * time.Hour)
	for name, c := range map[string]struct {
		to          string
		from, until time.Time
	}{
		"to oneself":              {"zhang", time.Time{}, soon},
		"to nobody":               {"nobody", time.Time{}, soon},
		"to one without a post":   {"idle", time.Time{}, soon},
		"to one who is locked":    {"locked", time.Time{}, soon},
		"to an administrator":     {"keeper", time.Time{}, soon},
		"for ever":                {"li", time.Time{}, time.Time{}},
		"backwards":               {"li", soon, soon},
		"in the past":             {"li", h.now.Add(-48 * time.Hour), h.now.Add(-time.Hour)},
		"longer than it is held":  {"li", time.Time{}, h.now.Add(11 * 24 * time.Hour)},
		"longer than any holiday": {"li", h.now, h.now.Add(MaxLend + time.Second)},
	} {
		if _, err := h.a.Lend(t.Context(), me, c.to, c.from, c.until); !errors.Is(err, ErrPost) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, id := range map[string]Identity{"nobody": {}, "no post": {Person: me.Person, Stage: Choose}, "no code yet": {Person: me.Person, Stage: Code, Post: me.Post}} {
		if _, err := h.a.Lend(t.Context(), id, "li", time.Time{}, soon); !errors.Is(err, ErrNotYours) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := h.a.Lend(t.Context(), me, "li", time.Time{}, soon)
	h.must(err)
	if _, err := h.a.Lend(t.Context(), me, "li", h.now.Add(time.Hour), soon.Add(time.Hour)); !errors.Is(err, ErrPost) {
		t.Errorf("twice for the same time: %v", err)
	}
	h.fail = errors.New("the log is full")
	if _, err := h.a.Lend(t.Context(), me, "li", soon, soon.Add(time.Hour)); err == nil {
		t.Error("a post is lent unrecorded")
	}
}

// However a loan ends, what is open in it ends, and the log tells it.
func TestLoanEnds(t *testing.T) {
	for name, end := range map[string]func(h *house, lender, borrower Identity, lent *Post) error{
		"taken back": func(h *house, lender, _ Identity, lent *Post) error {
			return h.a.Return(h.t.Context(), lender, lent.ID)
		},
		"given back": func(h *house, _, borrower Identity, lent *Post) error {
			return h.a.Return(h.t.Context(), borrower, lent.ID)
		},
		"by the desk": func(h *house, _, b Identity, lent *Post) error {
			return h.a.Withdraw(h.t.Context(), desk, b.Person, lent.ID)
		},
		"withdrawn": func(h *house, l, _ Identity, lent *Post) error {
			return h.a.Withdraw(h.t.Context(), desk, l.Person, lent.Lent.Post)
		},
		"lender locks": func(h *house, l, _ Identity, _ *Post) error { return h.a.Lock(h.t.Context(), desk, l.Person, true) },
	} {
		h := newHouse(t)
		h.person("zhang", luoyang)
		h.person("li", auditor)
		h.person("wang", auditor)
		_, lender := h.signIn("zhang")
		lent, err := h.a.Lend(t.Context(), lender, "li", time.Time{}, h.now.Add(time.Hour))
		h.must(err)
		cookie, borrower := h.signIn("li")
		borrower, err = h.a.ChoosePost(t.Context(), borrower, lent.ID)
		h.must(err)
		_, stranger := h.signIn("wang")
		if err := h.a.Return(t.Context(), stranger, lent.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a stranger ends it: %v", err)
		}
		if err := h.a.Return(t.Context(), lender, lender.Post.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("one's own post is given back: %v", err)
		}
		h.deeds = nil
		if err := end(h, lender, borrower, lent); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if why := h.why(cookie); why != Withdrawn {
			t.Errorf("%s: the open page says %q", name, why)
		}
		if len(h.deeds) == 0 {
			t.Errorf("%s: nothing is recorded", name)
		}
		loans, err := h.a.Loans(t.Context(), lender.Person)
		h.must(err)
		if len(loans) != 1 || loans[0].Username != "li" || loans[0].Post.Withdrawn.IsZero() {
			t.Errorf("%s: lent are %+v", name, loans)
		}
	}
}
