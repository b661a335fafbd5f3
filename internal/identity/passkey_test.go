package identity

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"mingjing/internal/store"
)

var here = Site{Host: "localhost", Origin: "http://localhost:8080"}

// passkey gives somebody who is signed in a device with a passkey.
func (h *house) passkey(id Identity) *authenticator {
	h.t.Helper()
	d := newAuthenticator(h.t, here.Origin)
	c, err := h.a.BeginPasskey(h.t.Context(), id, here)
	h.must(err)
	_, err = h.a.FinishPasskey(h.t.Context(), id, here, c.Ticket, "工作手机", d.create(c.Options))
	h.must(err)
	return d
}

// by signs in with a device; err is what the accounts say.
func (h *house) byPasskey(d *authenticator) (Identity, error) {
	h.t.Helper()
	c, err := h.a.BeginPasskeySignIn(here)
	h.must(err)
	_, id, err := h.a.SignInPasskey(h.t.Context(), here, c.Ticket, d.get(c.Options), Visit{IP: "192.0.2.1"})
	return id, err
}

// A passkey stands for password and second factor.
func TestPasskey(t *testing.T) {
	h := newHouse(t)
	p := h.person("zhang", luoyang)
	_, id := h.signIn("zhang")
	h.deeds = nil
	d := h.passkey(id)
	if len(h.deeds) != 1 || h.deeds[0].Act != ActPasskey || h.deeds[0].Person != p.ID || h.deeds[0].By.Person != p.ID {
		t.Errorf("recorded: %+v", h.deeds)
	}
	h.second("zhang")
	in, err := h.byPasskey(d)
	if err != nil || in.Stage != Open || in.Person != p.ID || in.Post.Role != Supervisor || !in.Proved.Equal(h.now) {
		t.Fatalf("signed in as %+v: %v", in, err)
	}
	list, err := h.a.Passkeys(t.Context(), p.ID)
	h.must(err)
	if len(list) != 1 || list[0].Label != "工作手机" || !list[0].Used.Equal(h.now) {
		t.Errorf("they have %+v", list)
	}
	if one, err := h.a.Person(t.Context(), p.ID); err != nil || one.Passkeys != 1 {
		t.Errorf("the office sees %+v, %v", one, err)
	}
	if err := h.a.DropPasskey(t.Context(), in, "nobody's"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("dropping none: %v", err)
	}
	h.must(h.a.DropPasskey(t.Context(), in, list[0].ID))
	_, err = h.byPasskey(d)
	h.refused("one that was taken away", err)
}

// Whatever is wrong with an answer, it is one answer: not signed in.
func TestPasskeyIsChecked(t *testing.T) {
	h := newHouse(t)
	h.person("zhang", luoyang)
	h.person("li", auditor)
	_, zhang := h.signIn("zhang")
	_, li := h.signIn("li")
	d, other := h.passkey(zhang), h.passkey(li)
	fresh := func() *Challenge {
		c, err := h.a.BeginPasskeySignIn(here)
		h.must(err)
		return c
	}
	give := func(site Site, ticket string, answer []byte) error {
		_, _, err := h.a.SignInPasskey(t.Context(), site, ticket, answer, Visit{})
		return err
	}
	once := fresh()
	answer := d.get(once.Options)
	h.must(give(here, once.Ticket, answer))
	h.refused("the same answer again", give(here, once.Ticket, answer))
	c, second := fresh(), fresh()
	h.refused("an answer to another challenge", give(here, second.Ticket, d.get(c.Options)))
	h.refused("no ticket", give(here, "", d.get(c.Options)))
	h.refused("a ticket of ours, changed", give(here, c.Ticket[:len(c.Ticket)-4]+"AAAA", d.get(c.Options)))
	h.refused("no answer", give(here, c.Ticket, []byte("{}")))
	if err := give(Site{}, c.Ticket, d.get(c.Options)); !errors.Is(err, ErrNoSite) {
		t.Errorf("at an address without passkeys: %v", err)
	}
	h.must(h.a.cfg.Store.TakeBackAttempt(t.Context(), h.a.attemptName("zhang"), true))

	phished := *d
	phished.origin = "http://localhost.evil.example:8080"
	h.refused("from another page", give(here, c.Ticket, phished.get(c.Options)))
	unseen := *d
	unseen.flags = 1
	h.refused("without PIN or finger", give(here, c.Ticket, unseen.get(c.Options)))
	forged := newAuthenticator(t, here.Origin)
	forged.id, forged.user = d.id, d.user
	h.refused("by another key", give(here, c.Ticket, forged.get(c.Options)))
	h.must(h.a.cfg.Store.TakeBackAttempt(t.Context(), h.a.attemptName("zhang"), true))
	swapped := *d
	swapped.user = other.user
	h.refused("in another's name", give(here, c.Ticket, swapped.get(c.Options)))
	copied := *d
	copied.count = 0
	h.refused("by a copy, whose counter is behind", give(here, c.Ticket, copied.get(c.Options)))
	h.must(h.a.cfg.Store.TakeBackAttempt(t.Context(), h.a.attemptName("zhang"), true))

	proof, err := h.a.BeginProof(t.Context(), zhang, here)
	h.must(err)
	h.refused("a proof as a sign-in", give(here, proof.Ticket, d.get(proof.Options)))
	h.pass(challengeFor + time.Second)
	h.refused("too late", give(here, c.Ticket, d.get(c.Options)))
	h.must(h.a.Lock(t.Context(), desk, li.Person, true))
	_, err = h.byPasskey(other)
	h.refused("who is locked", err)
}

// Attempts by passkey and by password count together, and a bar holds for both.
func TestPasskeyIsBounded(t *testing.T) {
	h := newHouse(t)
	h.person("zhang", luoyang)
	_, id := h.signIn("zhang")
	d := h.passkey(id)
	forged := newAuthenticator(t, here.Origin)
	forged.id, forged.user = d.id, d.user
	for range 3 {
		_, err := h.byPasskey(forged)
		h.refused("a forged one", err)
	}
	for range 2 {
		h.refused("a wrong password", h.try("zhang", "wrong"))
	}
	_, err := h.byPasskey(d)
	h.refused("the right one, barred", err)
	h.pass(h.a.cfg.Settings.Bar)
	if _, err := h.byPasskey(d); err != nil {
		t.Errorf("after the bar: %v", err)
	}
	settings := DefaultSettings()
	settings.Limits = Limits{PerMinute: 1, Burst: 2}
	h.a = h.accounts(settings)
	for range 2 {
		if _, err := h.byPasskey(d); err != nil {
			t.Fatal(err)
		}
	}
	var many *TooMany
	if _, err := h.byPasskey(d); !errors.As(err, &many) {
		t.Errorf("faster than the limit: %v", err)
	}
}

// A new password by the office takes the passkeys away: the device may be lost.
func TestPasskeyAndReset(t *testing.T) {
	h := newHouse(t)
	p := h.person("zhang", luoyang)
	_, id := h.signIn("zhang")
	d := h.passkey(id)
	_, err := h.a.Reset(t.Context(), desk, p.ID)
	h.must(err)
	_, err = h.byPasskey(d)
	h.refused("after a reset", err)
}

// Nothing in the stolen tables is a key, and a row in another's place opens nothing.
func TestPasskeyInAStolenDatabase(t *testing.T) {
	h := newHouse(t)
	h.person("zhang", luoyang)
	p := h.person("li", auditor)
	_, id := h.signIn("zhang")
	d := h.passkey(id)
	rows, err := h.db.Credentials(t.Context(), id.Person)
	h.must(err)
	raw, err := d.key.PublicKey.Bytes()
	h.must(err)
	for _, r := range rows {
		if r.Kind != KindPasskey {
			continue
		}
		if bytes.Contains(r.Secret, raw[1:33]) || bytes.Contains(r.Secret, []byte("publicKey")) {
			t.Error("a passkey lies open in the database")
		}
		r.ID, r.Person = newID(), p.ID
		h.must(h.db.PutCredentials(t.Context(), id.Person, KindPasskey))
		h.must(h.db.AddCredential(t.Context(), r))
	}
	d.user = p.ID
	if _, err := h.byPasskey(d); err == nil {
		t.Error("a row moved to another person signs them in")
	}
}

// What an open page left alone must not do asks for a fresh proof: by password
// or by passkey, good for the setting's time in this session alone.
func TestProof(t *testing.T) {
	h := newHouse(t)
	h.person("boss", office)
	h.person("li", auditor)
	p := h.person("zhang", luoyang)
	cookie, id := h.signIn("boss")
	d := h.passkey(id)
	acts := map[string]func(Identity) error{
		"create": func(id Identity) error {
			_, _, err := h.a.Create(t.Context(), By{Who: id}, newID(), "新", "")
			return err
		},
		"reset": func(id Identity) error { _, err := h.a.Reset(t.Context(), By{Who: id}, p.ID); return err },
		"lock":  func(id Identity) error { return h.a.Lock(t.Context(), By{Who: id}, p.ID, false) },
		"grant": func(id Identity) error { _, err := h.a.Grant(t.Context(), By{Who: id}, p.ID, auditor); return err },
		"organisation": func(id Identity) error {
			_, err := h.a.Order(t.Context(), By{Who: id}, Organisation{Kind: Centre, Name: "x"})
			return err
		},
		"a passkey": func(id Identity) error { _, err := h.a.BeginPasskey(t.Context(), id, here); return err },
	}
	try := func(what string, id Identity, wanted bool) {
		t.Helper()
		for name, act := range acts {
			if err := act(id); wanted && err != nil || !wanted && !errors.Is(err, ErrProof) {
				t.Errorf("%s, %s: %v", what, name, err)
			}
		}
	}
	try("signed in just now", id, true)
	h.pass(h.a.cfg.Settings.Fresh)
	id = h.who(cookie)
	try("after a while", id, false)
	if _, err := h.a.Lend(t.Context(), id, "li", time.Time{}, h.now.Add(time.Hour)); !errors.Is(err, ErrProof) {
		t.Errorf("lending after a while: %v", err)
	}
	_, err := h.a.Prove(t.Context(), id, "wrong", Visit{})
	h.refused("a wrong password", err)
	try("after a wrong password", h.who(cookie), false)
	id, err = h.a.Prove(t.Context(), id, secret, Visit{})
	h.must(err)
	try("after the right one", id, true)
	try("as the cookie tells it", h.who(cookie), true)

	h.pass(h.a.cfg.Settings.Fresh)
	id = h.who(cookie)
	c, err := h.a.BeginProof(t.Context(), id, here)
	h.must(err)
	elsewhere, other := h.signIn("boss")
	h.pass(h.a.cfg.Settings.Fresh - challengeFor)
	if _, err := h.a.ProvePasskey(t.Context(), other, here, c.Ticket, d.get(c.Options), Visit{}); !errors.Is(err, ErrRefused) {
		t.Errorf("a proof asked for in another session: %v", err)
	}
	id, err = h.a.ProvePasskey(t.Context(), id, here, c.Ticket, d.get(c.Options), Visit{})
	h.must(err)
	try("by passkey", id, true)
	h.pass(challengeFor)
	try("the other session", h.who(elsewhere), false)
	if _, err := h.a.BeginProof(t.Context(), Identity{Stage: Open, Person: p.ID, Username: "zhang"}, here); !errors.Is(err, ErrRefused) {
		t.Errorf("who has no passkey: %v", err)
	}
}

// A page left open is no place to guess the password.
func TestProofIsBounded(t *testing.T) {
	h := newHouse(t)
	h.person("zhang", luoyang)
	_, id := h.signIn("zhang")
	for range 5 {
		_, err := h.a.Prove(t.Context(), id, "wrong", Visit{})
		h.refused("a wrong password", err)
	}
	_, err := h.a.Prove(t.Context(), id, secret, Visit{})
	h.refused("the right one, barred", err)
	h.refused("at the door too", h.try("zhang", secret))
}
