package identity

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"mingjing/internal/disclose"
	"mingjing/internal/store"
)

func (h *house) try(username, password string) error {
	h.t.Helper()
	_, _, err := h.a.SignIn(h.t.Context(), username, password, Visit{IP: "192.0.2.1"})
	return err
}

func (h *house) refused(what string, err error) {
	h.t.Helper()
	if !errors.Is(err, ErrRefused) {
		h.t.Errorf("%s: %v, not ErrRefused", what, err)
	}
}

func TestSignIn(t *testing.T) {
	h := newHouse(t)
	h.person("zhang.san", luoyang)
	h.person("two", office, auditor)
	h.person("none")
	cookie, id := h.signIn("  Zhang.San ") // as people type it
	if id.Stage != Open || id.Reader.Audience != disclose.Supervisor || id.Reader.ID != "supervisor/zhang.san" || id.Post.Title != luoyang.Title || !strings.HasPrefix(cookie, CookiePrefix) {
		t.Errorf("signed in as %+v", id)
	}
	if got := h.who(cookie); !reflect.DeepEqual(got, id) {
		t.Errorf("the cookie stands for %+v, the sign-in said %+v", got, id)
	}
	for _, name := range []string{"two", "none"} { // a choice, or nothing to choose: reads as the public until then
		if _, id := h.signIn(name); id.Stage != Choose || id.Reader.Audience != disclose.Public || id.In(Office, Auditor) {
			t.Errorf("%s is signed in as %+v", name, id)
		}
	}
	for name, bad := range map[string]string{"": "", "zhang.san": secret + "x", "nobody": secret, "zhang.san\x00": secret, strings.Repeat("z", 5000): secret} {
		h.refused("as "+name, h.try(name, bad))
	}
	for _, cookie := range []string{"x", CookiePrefix, CookiePrefix + "AAAA", strings.TrimPrefix(cookie, CookiePrefix), cookie + "A", CookiePrefix + strings.Repeat("A", 43)} {
		if h.why(cookie) != NotKnown {
			t.Errorf("cookie %q is taken", cookie)
		}
	}
	if id := h.who(""); id.Stage != Nobody || id.Reader.Audience != disclose.Public || id.Person != "" {
		t.Errorf("no cookie is %+v", id)
	}
}

// The same characters typed on another keyboard are the same password.
func TestPasswordIsFolded(t *testing.T) {
	h := newHouse(t)
	_, _, err := h.a.Create(t.Context(), desk, "zhang", "张", "Pa\u0073\u0073wört １２３")
	h.must(err)
	h.must(h.try("zhang", "Passwo\u0308rt 123"))
	h.refused("another case", h.try("zhang", "passwört 123"))
}

// A password of another cost is hashed anew at the next sign-in, and stays the
// same password in the same state.
func TestHashIsRenewed(t *testing.T) {
	h := newHouse(t)
	_, temporary, err := h.a.Create(t.Context(), desk, "zhang", "张三", "")
	h.must(err)
	dearer := cheap
	dearer.Iterations = 2
	h.a.cfg.Hash = &dearer
	stored := func() string {
		p, kept, err := h.a.holder(t.Context(), "zhang")
		h.must(err)
		plain, err := h.keys.OpenPrivate(passwordPurpose(p.ID), kept.of(KindPassword).Secret)
		h.must(err)
		return string(plain)
	}
	h.refused("a wrong one", h.try("zhang", "wrong"))
	if !strings.Contains(stored(), "t=1,") {
		t.Fatal("a wrong password changed the hash")
	}
	for range 2 {
		_, id, err := h.a.SignIn(t.Context(), "zhang", temporary, Visit{IP: "::1"})
		h.must(err)
		if id.Stage != Renew || !strings.Contains(stored(), "t=2,") {
			t.Errorf("stage %s, stored %.30s", id.Stage, stored())
		}
	}
}

// A spy writes down what is asked of the store.
type spy struct {
	Store
	mu    sync.Mutex
	calls []string
}

func (s *spy) note(call string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, call)
}

func (s *spy) CountAttempt(ctx context.Context, name string, now time.Time, most int, until, forget time.Time) (bool, error) {
	s.note("CountAttempt")
	return s.Store.CountAttempt(ctx, name, now, most, until, forget)
}

func (s *spy) PersonNamed(ctx context.Context, username string) (*store.PersonRow, error) {
	s.note("PersonNamed")
	return s.Store.PersonNamed(ctx, username)
}

func (s *spy) Credentials(ctx context.Context, people ...string) ([]store.CredentialRow, error) {
	s.note(fmt.Sprint("Credentials of ", len(people)))
	return s.Store.Credentials(ctx, people...)
}

func (s *spy) TakeBackAttempt(ctx context.Context, name string, all bool) error {
	s.note("TakeBackAttempt")
	return s.Store.TakeBackAttempt(ctx, name, all)
}

type keySpy struct {
	Keys
	spy *spy
}

func (k keySpy) OpenPrivate(purpose string, sealed []byte) ([]byte, error) {
	plain, err := k.Keys.OpenPrivate(purpose, sealed)
	hash := string(plain)
	if i := strings.LastIndex(hash, "$"); i > 0 {
		hash = hash[:strings.LastIndex(hash[:i], "$")] // less salt and digest: the cost remains
	}
	k.spy.note("compare with " + hash)
	return plain, err
}

// Who tries names learns from no answer and from no work whether one exists:
// the same is asked of store, keys and processor for a wrong password, for
// nobody's name, for a locked person and for a barred name.
func TestUnknownIsLikeWrong(t *testing.T) {
	h := newHouse(t)
	h.person("zhang", luoyang)
	locked := h.person("locked", luoyang)
	h.must(h.a.Lock(t.Context(), desk, locked.ID, true))
	h.person("barred", luoyang)
	for range 6 {
		_ = h.try("barred", "wrong")
	}
	s := &spy{Store: h.db}
	h.a.cfg.Store, h.a.cfg.Keys = s, keySpy{h.keys, s}
	var want []string
	for _, c := range []struct{ name, username, password string }{
		{"a wrong password", "zhang", "wrong"}, {"nobody", "nobody", "wrong"}, {"a locked person's own password", "locked", secret}, {"a barred person's own password", "barred", secret},
	} {
		s.calls = nil
		err := h.try(c.username, c.password)
		if err != ErrRefused { //nolint:errorlint // the very same, with nothing wrapped around it
			t.Errorf("%s: %v", c.name, err)
		}
		if want == nil {
			want = s.calls
			if len(want) < 4 || !strings.Contains(strings.Join(want, " "), "argon2id$v=19$m=64") {
				t.Fatalf("the spy sees %q", want)
			}
		}
		if !slices.Equal(s.calls, want) {
			t.Errorf("%s does other work than a wrong password:\n%q\n%q", c.name, s.calls, want)
		}
	}
}

// After so many wrong passwords a name is barred, the right one too; the bar
// ends by itself, by the office, or not at all if nobody is called so.
func TestLockout(t *testing.T) {
	h := newHouse(t)
	p := h.person("zhang", luoyang)
	for range 4 {
		h.refused("wrong", h.try("zhang", "wrong"))
	}
	h.must(h.try("zhang", secret)) // forgives
	for range 5 {
		h.refused("wrong", h.try("zhang", "wrong"))
	}
	h.refused("right but barred", h.try("zhang", secret))
	if p, _ := h.a.Person(t.Context(), p.ID); !p.Barred.Equal(h.now.Add(15 * time.Minute)) {
		t.Errorf("the office sees it barred until %s", p.Barred)
	}
	h.pass(15*time.Minute - time.Millisecond)
	h.refused("right but still barred", h.try("zhang", secret))
	h.pass(time.Millisecond)
	h.must(h.try("zhang", secret))
	for range 5 {
		_ = h.try("zhang", "wrong")
	}
	h.must(h.a.Lock(t.Context(), desk, p.ID, false))
	h.must(h.try("zhang", secret))
}

// However many at once: no more than the number are looked at.
func TestLockoutAtOnce(t *testing.T) {
	h := newHouse(t)
	h.person("zhang", luoyang)
	var wg sync.WaitGroup
	for i := range 30 {
		wg.Go(func() { _ = h.try("zhang", fmt.Sprint("guess ", i)) })
	}
	wg.Wait()
	h.refused("the right one after 30 at once", h.try("zhang", secret))
}

func TestTooMany(t *testing.T) {
	settings := DefaultSettings()
	settings.Failures = 1000
	settings.Limits = Limits{PerMinute: 60, Burst: 10, Names: 6, NamesBurst: 3}
	h := newHouse(t, settings)
	h.person("zhang", luoyang)
	from := func(ip, name string) time.Duration {
		t.Helper()
		_, _, err := h.a.SignIn(t.Context(), name, "wrong", Visit{IP: ip})
		var many *TooMany
		if errors.As(err, &many) {
			return many.After
		}
		h.refused("from "+ip, err)
		return 0
	}
	for i := range 3 {
		if from(fmt.Sprint("192.0.2.", i), "zhang") != 0 {
			t.Fatal("limited too early")
		}
	}
	for _, name := range []string{"zhang", " ZHANG"} {
		if got := from("192.0.2.9", name); got != 10*time.Second {
			t.Errorf("the fourth under one name: %s", got)
		}
	}
	for i := range 10 {
		if from("198.51.100.1", fmt.Sprint("somebody", i)) != 0 {
			t.Fatal("limited too early by address")
		}
	}
	if from("198.51.100.1", "fresh") == 0 {
		t.Error("the eleventh from one address is looked at")
	}
	if from("::ffff:198.51.100.1", "fresh") == 0 {
		t.Error("the same address in another form is another")
	}
	if from("198.51.100.2", "fresh") != 0 {
		t.Error("the neighbour is limited")
	}
	for i := range 10 {
		from(fmt.Sprintf("2001:db8:1:2:%x::1", i), fmt.Sprint("v6-", i))
	}
	if from("2001:db8:1:2:ffff::9", "v6") == 0 {
		t.Error("one network of IPv6 has as many buckets as addresses")
	}
	h.pass(time.Minute)
	if from("198.51.100.1", "zhang") != 0 {
		t.Error("limited for ever")
	}
}

// The limiter remembers a bounded number, and an attack by many names from many
// addresses does not free the attacker's own address.
func TestLimiterIsBounded(t *testing.T) {
	l := newLimiter(Limits{PerMinute: 1, Burst: 1, Names: 1, NamesBurst: 1})
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for i := range 3 * maxLimited {
		_ = l.take(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), fmt.Sprint(i), now.Add(time.Duration(i)*time.Millisecond))
		if len(l.of) > maxLimited+1 {
			t.Fatalf("%d are remembered", len(l.of))
		}
	}
}

// A session planted in somebody's browser, or seen before the second factor,
// stands for nobody afterwards.
func TestFixation(t *testing.T) {
	h := newHouse(t)
	h.person("zhang", luoyang)
	h.person("evil", auditor)
	planted, _ := h.signIn("evil")
	cookie, _, err := h.a.SignIn(t.Context(), "zhang", secret, Visit{IP: "::1", Have: planted})
	h.must(err)
	if cookie == planted || h.why(planted) != SignedOut {
		t.Error("the planted session lives on")
	}
	h.second("zhang")
	before, id, err := h.a.SignIn(t.Context(), "zhang", secret, Visit{IP: "::1"})
	h.must(err)
	if id.Stage != Code || id.Reader.Audience != disclose.Public {
		t.Fatalf("before the code: %+v", id)
	}
	h.pass(time.Minute)
	after, _, err := h.a.Code(t.Context(), h.who(before), h.digits("zhang", 0), Visit{IP: "::1"})
	h.must(err)
	if h.why(before) != NotKnown || h.who(after).Stage != Open {
		t.Error("the cookie of before the code is good after it")
	}
}

// second puts a second factor into force and returns the recovery codes.
func (h *house) second(username string) []string {
	h.t.Helper()
	_, id := h.signIn(username)
	e, err := h.a.EnrolTOTP(h.t.Context(), id, secret, Visit{})
	h.must(err)
	if !strings.HasPrefix(e.URI, "otpauth://totp/") || !strings.Contains(e.URI, e.Secret) {
		h.t.Errorf("URI %s", e.URI)
	}
	code, err := totp.GenerateCode(e.Secret, h.now)
	h.must(err)
	codes, err := h.a.ConfirmTOTP(h.t.Context(), id, code, Visit{})
	h.must(err)
	return codes
}

// digits are what the authenticator shows, some steps off.
func (h *house) digits(username string, off int) string {
	h.t.Helper()
	p, err := h.a.PersonNamed(h.t.Context(), username)
	h.must(err)
	list, err := h.db.Credentials(h.t.Context(), p.ID)
	h.must(err)
	plain, err := h.keys.OpenPrivate(totpPurpose(p.ID), credentials(list).of(KindTOTP).Secret)
	h.must(err)
	code, err := totp.GenerateCode(string(plain), h.now.Add(time.Duration(off)*30*time.Second))
	h.must(err)
	return code
}

func (h *house) half(username string) Identity {
	h.t.Helper()
	cookie, id := h.signIn(username)
	if id.Stage != Code {
		h.t.Fatalf("no code is asked for: %+v", id)
	}
	return h.who(cookie)
}

func (h *house) code(id Identity, code string) error {
	h.t.Helper()
	_, _, err := h.a.Code(h.t.Context(), id, code, Visit{IP: "192.0.2.1"})
	return err
}

func TestSecondFactor(t *testing.T) {
	h := newHouse(t)
	h.person("zhang", luoyang)
	codes := h.second("zhang")
	h.refused("the digits that confirmed it, again", h.code(h.half("zhang"), h.digits("zhang", 0)))
	for name, off := range map[string]int{"two steps ahead": 2, "a step that was used": 0, "two steps behind": -2} {
		h.refused(name, h.code(h.half("zhang"), h.digits("zhang", off)))
	}
	for _, bad := range []string{"", "000", "abcdef", "     ", "AAAAA-AAAAA", strings.Repeat("1", 39)} {
		if err := h.code(h.half("zhang"), bad); err == nil {
			t.Errorf("code %q is taken", bad)
		}
		h.must(h.db.TakeBackAttempt(t.Context(), h.a.attemptName("zhang"), true)) // the bar is tested by itself
	}
	h.must(h.code(h.half("zhang"), " "+h.digits("zhang", 1)[:3]+" "+h.digits("zhang", 1)[3:])) // a clock that is ahead, as people write it
	h.refused("an earlier step after a later one", h.code(h.half("zhang"), h.digits("zhang", 0)))
	h.pass(time.Hour)
	h.must(h.code(h.half("zhang"), h.digits("zhang", -1)))

	// A recovery code is good once, in any case; another person's is not.
	h.must(h.code(h.half("zhang"), strings.ToLower(codes[3])))
	h.refused("a recovery code twice", h.code(h.half("zhang"), codes[3]))
	h.person("li", auditor)
	theirs := h.second("li")
	h.refused("another's recovery code", h.code(h.half("zhang"), theirs[0]))
	if on, left, err := h.a.HasTOTP(t.Context(), h.half("zhang").Person); err != nil || !on || left != 9 {
		t.Errorf("in force %v, %d codes left, %v", on, left, err)
	}
}

// Who knows the password may try no more codes than passwords: signing in anew
// with the right password does not forgive wrong codes.
func TestCodesAreBounded(t *testing.T) {
	h := newHouse(t)
	h.person("zhang", luoyang)
	codes := h.second("zhang")
	h.pass(time.Hour)
	looked := 0
	for range 12 {
		cookie, id, err := h.a.SignIn(t.Context(), "zhang", secret, Visit{IP: "192.0.2.1"})
		if err != nil {
			h.refused("the password under the bar", err)
			continue
		}
		looked++
		h.refused("a wrong code", h.code(id, "000000"))
		_ = cookie
	}
	if looked > 5 {
		t.Errorf("%d codes were looked at", looked)
	}
	h.pass(16 * time.Minute)
	h.must(h.code(h.half("zhang"), codes[0]))
	// A session that waits for its code ends when too many were wrong.
	id := h.half("zhang")
	for range 5 {
		_ = h.code(id, "000000")
	}
	if why, _ := WhyEnded(h.code(id, codes[1])); why != Failed {
		t.Errorf("after too many wrong ones a right code is answered %q", why)
	}
}

// An enrolment that nobody confirms changes nothing, and ends.
func TestEnrolment(t *testing.T) {
	h := newHouse(t)
	h.person("zhang", luoyang)
	_, id := h.signIn("zhang")
	_, err := h.a.EnrolTOTP(t.Context(), id, "wrong", Visit{})
	h.refused("without the password", err)
	e, err := h.a.EnrolTOTP(t.Context(), id, secret, Visit{})
	h.must(err)
	if _, again := h.signIn("zhang"); again.Stage != Open {
		t.Errorf("an enrolment that waits asks for its code: %s", again.Stage)
	}
	_, err = h.a.ConfirmTOTP(t.Context(), id, "000000", Visit{})
	h.refused("by a wrong code", err)
	h.pass(16 * time.Minute)
	code, err := totp.GenerateCode(e.Secret, h.now)
	h.must(err)
	_, err = h.a.ConfirmTOTP(t.Context(), id, code, Visit{})
	h.refused("too late", err)
	_, err = h.a.ConfirmTOTP(t.Context(), Identity{}, code, Visit{})
	h.refused("by nobody", err)

	old := h.second("zhang")
	fresh := h.secondAgain("zhang", old[0])
	h.pass(time.Hour)
	h.refused("a code of the former set", h.code(h.half("zhang"), old[1]))
	h.must(h.code(h.half("zhang"), fresh[0]))
	cookie, _, err := h.a.Code(t.Context(), h.half("zhang"), fresh[1], Visit{})
	h.must(err)
	h.refused("taking it away without the password", h.a.DropTOTP(t.Context(), h.who(cookie), "wrong", Visit{}))
	h.must(h.a.DropTOTP(t.Context(), h.who(cookie), secret, Visit{}))
	if _, id := h.signIn("zhang"); id.Stage != Open {
		t.Errorf("taken away, it is asked for: %s", id.Stage)
	}
}

func (h *house) secondAgain(username, code string) []string {
	h.t.Helper()
	_, id, err := h.a.Code(h.t.Context(), h.half(username), code, Visit{})
	h.must(err)
	e, err := h.a.EnrolTOTP(h.t.Context(), id, secret, Visit{})
	h.must(err)
	digits, err := totp.GenerateCode(e.Secret, h.now)
	h.must(err)
	codes, err := h.a.ConfirmTOTP(h.t.Context(), id, digits, Visit{})
	h.must(err)
	return codes
}

// Who holds the database has nothing by which to sign in, or to guess at.
func TestStolenDatabase(t *testing.T) {
	h := newHouse(t)
	p := h.person("zhang", luoyang)
	q := h.person("li", auditor)
	codes := h.second("zhang")
	cookie, id := h.signIn("li")
	list, err := h.db.Credentials(t.Context(), p.ID, q.ID)
	h.must(err)
	s, err := h.db.SessionByID(t.Context(), id.Session)
	h.must(err)
	var all bytes.Buffer
	for _, c := range list {
		fmt.Fprintf(&all, "%s %s\n", c.Secret, c.Name)
	}
	fmt.Fprintf(&all, "%s", s.Session.Digest)
	for _, word := range []string{"argon2id", secret, codes[0], strings.ReplaceAll(codes[0], "-", ""), strings.TrimPrefix(cookie, CookiePrefix), h.digits("zhang", 0)} {
		if bytes.Contains(all.Bytes(), []byte(word)) {
			t.Errorf("the stored rows hold %q", word)
		}
	}
	// A credential put in another's place opens nothing.
	i := slices.IndexFunc(list, func(c store.CredentialRow) bool { return c.Person == p.ID && c.Kind == KindPassword })
	mine := list[i]
	mine.ID, mine.Person = "moved", q.ID
	h.must(h.db.PutCredentials(t.Context(), q.ID, KindPassword, mine))
	if err := h.try("li", secret); err == nil {
		t.Error("a password row of another person signs in")
	}
}

func TestFirstPassword(t *testing.T) {
	h := newHouse(t)
	p, temporary, err := h.a.Create(t.Context(), desk, "zhang", "张三", "")
	h.must(err)
	_, err = h.a.Grant(t.Context(), desk, p.ID, luoyang)
	h.must(err)
	in := func(password string) (string, Identity) {
		t.Helper()
		cookie, id, err := h.a.SignIn(t.Context(), "zhang", password, Visit{IP: "::1"})
		h.must(err)
		return cookie, id
	}
	cookie, id := in(temporary)
	other, _ := in(temporary)
	if id.Stage != Renew || id.Reader.Audience != disclose.Public || id.In(Supervisor) {
		t.Fatalf("with a password that another gave: %+v", id)
	}
	if _, err := h.a.ChoosePost(t.Context(), id, p.ID); !errors.Is(err, ErrNoPost) {
		t.Errorf("a post can be chosen before the password is changed: %v", err)
	}
	for _, weak := range []string{"", "short", "aaaaaaaaaaaa", "my zhang password", temporary, strings.Repeat("长", 100)} {
		if _, _, err := h.a.ChangePassword(t.Context(), id, "", weak, Visit{}); !errors.Is(err, ErrWeak) {
			t.Errorf("password %q: %v", weak, err)
		}
	}
	next, id, err := h.a.ChangePassword(t.Context(), id, "", secret, Visit{})
	h.must(err)
	if id.Stage != Open || h.why(cookie) != NotKnown || h.why(other) != Changed || h.who(next).Stage != Open {
		t.Errorf("after the change: %+v; former cookie %q, other session %q", id, h.why(cookie), h.why(other))
	}
	h.refused("the former password", h.try("zhang", temporary))

	_, _, err = h.a.ChangePassword(t.Context(), id, "wrong", secret+"!", Visit{})
	h.refused("changing without the old one", err)
	second, _ := in(secret)
	again, same, err := h.a.ChangePassword(t.Context(), id, secret, secret+"!", Visit{})
	h.must(err)
	if again != "" || same.Session != id.Session || h.why(second) != Changed || h.who(next).Stage != Open {
		t.Error("the session that changed it ended, or another went on")
	}
	// An open page is no place to guess it.
	for range 6 {
		_, _, err = h.a.ChangePassword(t.Context(), id, "wrong", "another password", Visit{})
		h.refused("guess", err)
	}
	_, _, err = h.a.ChangePassword(t.Context(), id, secret+"!", "another password", Visit{})
	h.refused("the right one, after guesses", err)
}

func TestTemporaryPasswords(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		p := temporaryPassword()
		if len(p) != 16 || p[4] != '-' || p[10] != '-' || strings.ContainsAny(p, "01iloIO") || seen[p] || CheckPassword(p, "") != nil {
			t.Fatalf("password %q", p)
		}
		seen[p] = true
	}
}

func TestChoosePost(t *testing.T) {
	h := newHouse(t)
	later := auditor
	later.From = h.now.Add(time.Hour)
	p := h.person("zhang", luoyang, office, later)
	theirs := h.person("li", auditor)
	over, err := h.a.Grant(t.Context(), desk, p.ID, Post{Role: Auditor, Title: "x", From: h.now.Add(-2 * time.Hour), Until: h.now.Add(time.Minute)})
	h.must(err)
	gone, err := h.a.Grant(t.Context(), desk, p.ID, auditor)
	h.must(err)
	h.must(h.a.Withdraw(t.Context(), desk, p.ID, gone.ID))
	h.pass(2 * time.Minute)
	cookie, id := h.signIn("zhang")
	for name, post := range map[string]string{"nothing": "", "another's": theirs.Posts[0].ID, "one to come": p.Posts[slices.IndexFunc(p.Posts, func(p Post) bool { return p.Role == Auditor })].ID, "one that is over": over.ID, "a withdrawn one": gone.ID} {
		if _, err := h.a.ChoosePost(t.Context(), id, post); !errors.Is(err, ErrNoPost) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, want := range []Role{Supervisor, Office, Supervisor} {
		post := p.Posts[slices.IndexFunc(p.Posts, func(p Post) bool { return p.Role == want })]
		got, err := h.a.ChoosePost(t.Context(), h.who(cookie), post.ID)
		h.must(err)
		if !got.In(want) || !h.who(cookie).In(want) || got.Session != id.Session {
			t.Errorf("as %s: %+v", want, got)
		}
	}
	h.pass(time.Hour) // the one to come has come; idle since
	if why := h.why(cookie); why != Idle {
		t.Errorf("after an hour: %q", why)
	}
}

// A session in a post ends with the post; the person's other posts stay theirs.
func TestPostEnds(t *testing.T) {
	h := newHouse(t)
	short := auditor
	short.Until = h.now.Add(10 * time.Minute)
	p := h.person("zhang", luoyang, short)
	cookie, id := h.signIn("zhang")
	i := slices.IndexFunc(p.Posts, func(p Post) bool { return p.Role == Auditor })
	_, err := h.a.ChoosePost(t.Context(), id, p.Posts[i].ID)
	h.must(err)
	h.pass(10 * time.Minute)
	if why := h.why(cookie); why != PostOver {
		t.Errorf("after its time the session lasts: %q", why)
	}
	if _, id := h.signIn("zhang"); id.Post.Role != Supervisor {
		t.Errorf("signed in as %q", id.Post.Role)
	}
}

// What a page asks by itself keeps no session from becoming idle; use does.
func TestUse(t *testing.T) {
	h := newHouse(t)
	h.person("zhang", luoyang)
	used, _ := h.signIn("zhang")
	open, _ := h.signIn("zhang")
	for range 8 {
		h.pass(5 * time.Minute)
		_ = h.why(used)
		_, _ = h.a.Identify(t.Context(), open, "", false)
	}
	if why := h.why(used); why != "" {
		t.Errorf("the used one: %q", why)
	}
	if why := h.why(open); why != Idle {
		t.Errorf("the one that only stands open: %q", why)
	}
	list, err := h.a.Sessions(t.Context(), h.who(used))
	h.must(err)
	if len(list) != 1 || !list[0].This || list[0].IP != "192.0.2.1" {
		t.Errorf("listed: %+v", list)
	}
}

// Each act is recorded, with who did it; without a record nobody is given
// anything or loses their account.
func TestDeeds(t *testing.T) {
	h := newHouse(t)
	boss := h.person("boss", office)
	_, actor := h.signIn("boss")
	by := By{Who: actor}
	h.deeds = nil
	p, _, err := h.a.Create(t.Context(), by, "zhang", "张三", "")
	h.must(err)
	post, err := h.a.Grant(t.Context(), by, p.ID, luoyang)
	h.must(err)
	_, err = h.a.Reset(t.Context(), by, p.ID)
	h.must(err)
	h.must(h.a.Lock(t.Context(), by, p.ID, true))
	h.must(h.a.Lock(t.Context(), by, p.ID, false))
	h.must(h.a.Withdraw(t.Context(), by, p.ID, post.ID))
	var acts []Act
	for _, d := range h.deeds {
		acts = append(acts, d.Act)
		if d.Person != p.ID || d.By.Person != boss.ID || d.By.Post.Role != Office || !d.At.Equal(h.now) || (d.Act == ActGrant || d.Act == ActWithdraw) != (d.Post != nil && d.Post.ID == post.ID) {
			t.Errorf("recorded: %+v", d)
		}
	}
	if want := []Act{ActCreate, ActGrant, ActReset, ActLock, ActUnlock, ActWithdraw}; !slices.Equal(acts, want) {
		t.Errorf("recorded are %q, not %q", acts, want)
	}

	h.deeds, h.fail = nil, errors.New("the log is full")
	if _, err := h.a.Grant(t.Context(), by, p.ID, auditor); err == nil {
		t.Error("a post is granted unrecorded")
	}
	before, err := h.db.Credentials(t.Context(), p.ID)
	h.must(err)
	if _, err := h.a.Reset(t.Context(), by, p.ID); err == nil {
		t.Error("an account is reset unrecorded")
	}
	after, err := h.db.Credentials(t.Context(), p.ID)
	h.must(err)
	posts, err := h.a.PostsInForce(t.Context(), p.ID)
	h.must(err)
	if len(posts) != 0 || !reflect.DeepEqual(before, after) {
		t.Error("what was not recorded has happened")
	}
	h.fail = nil

	// Nobody acts upon themselves, nobody past their post, nobody before they are in one.
	for name, c := range map[string]struct {
		by     By
		person string
	}{
		"oneself":  {by, boss.ID},
		"no post":  {By{Who: Identity{Stage: Choose, Person: "x"}}, p.ID},
		"no one":   {By{}, p.ID},
		"a token":  {By{Who: Identity{Stage: Nobody, Reader: disclose.Reader{Audience: disclose.Administrator}}}, p.ID},
		"an other": {By{Who: Identity{Stage: Open, Person: "y", Post: auditor}}, p.ID},
		"a keeper": {By{Who: Identity{Stage: Open, Person: "y", Post: machine}}, p.ID},
	} {
		if _, err := h.a.Grant(t.Context(), c.by, c.person, auditor); !errors.Is(err, ErrNotYours) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// An administrator resets a colleague, but nobody who sees bids, now or later.
	keeper := By{Who: Identity{Stage: Open, Person: "y", Post: machine, Proved: h.now}}
	_, err = h.a.Reset(t.Context(), keeper, p.ID)
	h.must(err)
	coming := auditor
	coming.From = h.now.Add(24 * time.Hour)
	_, err = h.a.Grant(t.Context(), by, p.ID, coming)
	h.must(err)
	if _, err := h.a.Reset(t.Context(), keeper, p.ID); !errors.Is(err, ErrNotYours) {
		t.Errorf("an administrator resets somebody who will see bids: %v", err)
	}
	if _, err := h.a.Reset(t.Context(), by, "nobody"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("resetting nobody: %v", err)
	}
}

func TestPeopleAreChecked(t *testing.T) {
	h := newHouse(t)
	for _, c := range [][2]string{{"", "x"}, {"a", "x"}, {".dot", "x"}, {"with space", "x"}, {"张三", "x"}, {strings.Repeat("a", 41), "x"}, {"good", ""}, {"good", strings.Repeat("名", 61)}} {
		if _, _, err := h.a.Create(t.Context(), desk, c[0], c[1], secret); !errors.Is(err, ErrPerson) {
			t.Errorf("%q, %q: %v", c[0], c[1], err)
		}
	}
	h.person("zhang")
	if _, _, err := h.a.Create(t.Context(), desk, "ZHANG", "x", secret); !errors.Is(err, store.ErrTaken) {
		t.Errorf("the same name in capitals: %v", err)
	}
}

// Hashing takes its memory twice at once at most, however many sign in.
func TestHashingIsBounded(t *testing.T) {
	h := newHouse(t)
	h.person("zhang", luoyang)
	s := &spy{Store: h.db}
	h.a.cfg.Keys = keySpy{h.keys, s}
	for range cap(h.a.busy) {
		h.a.busy <- struct{}{}
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	const tries = 4
	ended := make(chan error, tries)
	for range tries {
		go func() {
			_, _, err := h.a.SignIn(ctx, "zhang", secret, Visit{IP: "::1"})
			ended <- err
		}()
	}
	at := func() int { s.mu.Lock(); defer s.mu.Unlock(); return len(s.calls) }
	for end := time.Now().Add(10 * time.Second); at() < tries; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("only %d came as far as the hash", at())
		}
	}
	time.Sleep(50 * time.Millisecond) // those let past would be done
	if len(ended) > 0 {
		t.Errorf("somebody was let past those who hash: %v", <-ended)
	}
	stop()
	for range tries - len(ended) {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("who waits and goes away is answered %v", err)
		}
	}
}
