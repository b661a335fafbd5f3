package identity

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"mingjing/internal/ledger"
	"mingjing/internal/store"
)

// cheap hashes fast: what is tested is not the cost.
var cheap = argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// A house is accounts over a real store, with a clock that stands still until
// it is moved.
type house struct {
	t     *testing.T
	db    *store.DB
	keys  *ledger.Keyring
	a     *Accounts
	mu    sync.Mutex
	now   time.Time
	deeds []Deed
	fail  error // of the log
}

func newHouse(t *testing.T, settings ...Settings) *house {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "mingjing.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	keys, err := ledger.OpenKeyring(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, db: db, keys: keys, now: time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC)}
	h.a = h.accounts(settings...)
	return h
}

// accounts are those of one process; several may stand on one store.
func (h *house) accounts(settings ...Settings) *Accounts {
	h.t.Helper()
	cfg := Config{Store: h.db, Keys: h.keys, Clock: h.clock, Hash: &cheap, Record: func(_ context.Context, d Deed) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.fail == nil {
			h.deeds = append(h.deeds, d)
		}
		return h.fail
	}, RecordUnits: func(context.Context, By, []Organisation) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.fail
	}}
	cfg.Settings = DefaultSettings()
	cfg.Settings.Limits = Limits{} // tested by themselves
	if len(settings) > 0 {
		cfg.Settings = settings[0]
	}
	a, err := NewAccounts(cfg)
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

var desk = By{Desk: "test"}

const secret = "明镜高悬 mirror 9"

// person makes somebody with posts.
func (h *house) person(username string, posts ...Post) *Person {
	h.t.Helper()
	p, _, err := h.a.Create(h.t.Context(), desk, username, "张"+username, secret)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, post := range posts {
		if _, err := h.a.Grant(h.t.Context(), desk, p.ID, post); err != nil {
			h.t.Fatal(err)
		}
	}
	if p, err = h.a.Person(h.t.Context(), p.ID); err != nil {
		h.t.Fatal(err)
	}
	return p
}

var (
	luoyang  = Post{Role: Supervisor, Title: "洛阳市发展和改革委员会", Regions: []string{"410300"}}
	office   = Post{Role: Office, Title: "省公管办"}
	auditor  = Post{Role: Auditor, Title: "省审计厅"}
	machine  = Post{Role: Administrator, Title: "系统管理员"}
	vendor   = Post{Role: SourceStaff, Title: "洛阳交易系统", Origins: []string{"12410300415800000X"}}
	tenderer = Post{Role: Tenderer, Title: "洛阳市水利局", Org: "124103004170000015"}
)

func (h *house) signIn(username string) (string, Identity) {
	h.t.Helper()
	cookie, id, err := h.a.SignIn(h.t.Context(), username, secret, Visit{IP: "192.0.2.1", Agent: "test"})
	if err != nil {
		h.t.Fatal(err)
	}
	return cookie, id
}

func (h *house) who(cookie string) Identity {
	h.t.Helper()
	id, err := h.a.Identify(h.t.Context(), cookie, "192.0.2.1", true)
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// why a cookie stands for nobody; "" when it stands for somebody.
func (h *house) why(cookie string) Why {
	h.t.Helper()
	_, err := h.a.Identify(h.t.Context(), cookie, "192.0.2.1", true)
	why, ended := WhyEnded(err)
	if err != nil && !ended {
		h.t.Fatal(err)
	}
	return why
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}
