package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

const (
	origin = "12410000MB1A00001X"
	tender = "E4101000001000001001"
	lotA   = tender + "001"
)

// testKit is a service over a real store, keyring and log in a folder.
type testKit struct {
	*Service
	t    testing.TB
	dir  string
	now  time.Time
	db   *store.DB
	keys *ledger.Keyring
	log  *ledger.Ledger
}

func newKit(t testing.TB, change ...func(*Config)) *testKit {
	t.Helper()
	k := &testKit{t: t, dir: t.TempDir(), now: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)}
	k.open(change...)
	t.Cleanup(k.close)
	return k
}

func (k *testKit) open(change ...func(*Config)) {
	k.t.Helper()
	var err error
	ctx := context.Background()
	if k.db, err = store.Open(ctx, "sqlite:"+filepath.Join(k.dir, "m.db")); err != nil {
		k.t.Fatal(err)
	}
	if k.keys, err = ledger.OpenKeyring(filepath.Join(k.dir, "keys")); err != nil {
		k.t.Fatal(err)
	}
	if k.log, err = ledger.Open(ctx, k.db, k.keys, ledger.Options{Name: "t/log", Clock: func() time.Time { return k.now }}); err != nil {
		k.t.Fatal(err)
	}
	cfg := Config{
		Store: k.db, Keys: k.keys, Blobs: Disk(filepath.Join(k.dir, "files")), Log: k.log, Catalogue: standard.Default(),
		Clock: func() time.Time { return k.now }, Limits: Limits{MinChunk: 4, Chunk: 1 << 20},
	}
	for _, c := range change {
		c(&cfg)
	}
	k.Service = New(cfg)
}

func (k *testKit) close() {
	if err := errors.Join(k.log.Close(), k.keys.Close(), k.db.Close()); err != nil {
		k.t.Error(err)
	}
}

func declare(body []byte) Declared {
	sum := sha256.Sum256(body)
	return Declared{Origin: origin, Dataset: "507", Tender: tender, Lots: []string{lotA}, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(body)), Name: "投标文件.pdf", Type: "application/pdf"}
}

func (k *testKit) begin(d Declared) *Upload {
	k.t.Helper()
	u, err := k.Begin(context.Background(), "zz", d)
	if err != nil {
		k.t.Fatal(err)
	}
	return u
}

// send brings a whole file in by parts of a size.
func (k *testKit) send(body []byte, part int) *Upload {
	k.t.Helper()
	u := k.begin(declare(body))
	for at := 0; at < len(body) || at == 0; at += part {
		if err := u.Append(context.Background(), int64(at), body[at:min(at+part, len(body))]); err != nil {
			k.t.Fatal(err)
		}
	}
	return u
}

func opened(standard.Vault, standard.Seal) bool { return true }

func shut(standard.Vault, standard.Seal) bool { return false }

func (k *testKit) read(id string, open func(standard.Vault, standard.Seal) bool) ([]byte, error) {
	k.t.Helper()
	f, err := k.ByID(context.Background(), id)
	if err != nil || f == nil {
		k.t.Fatalf("file %s: %v %v", id, f, err)
	}
	r, err := f.Open(context.Background(), open)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// stored lists the sealed objects.
func (k *testKit) stored() []string {
	k.t.Helper()
	var out []string
	err := filepath.WalkDir(filepath.Join(k.dir, "files"), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && !d.IsDir() {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return out
}

func (k *testKit) troubles() []string {
	k.t.Helper()
	var out []string
	err := k.Check(context.Background(), func(c Checked) error {
		rows, err := k.db.RowsAt(context.Background(), []int64{c.Position})
		if err != nil {
			return err
		}
		for what, bad := range map[string]bool{
			"missing": c.Missing, "altered": c.Altered, "destroyed": c.Destroyed,
			"unlogged": len(rows) != 1 || !bytes.Equal(rows[0].Identity, c.Identity),
		} {
			if bad {
				out = append(out, what)
			}
		}
		return nil
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return out
}

var lengths = []int{0, 1, 4, 5, 100, 64 << 10, 1<<20 + 17}

// What was sent comes back byte for byte, however it was cut, and only when all
// its vaults are open.
func TestRoundTrip(t *testing.T) {
	k := newKit(t)
	for i, n := range lengths {
		body := make([]byte, n)
		for j := range body {
			body[j] = byte(rand.Int())
		}
		u := k.send(body, []int{1, 1, 4, 4, 7, 10_000, 1 << 20}[i])
		if _, ok := u.Kept(); !ok || u.Offset() != int64(n) {
			t.Fatalf("%d bytes: not kept, at %d", n, u.Offset())
		}
		if _, err := k.read(u.ID(), shut); !errors.Is(err, ErrShut) {
			t.Errorf("%d bytes before the moment: %v", n, err)
		}
		got, err := k.read(u.ID(), opened)
		if err != nil || !bytes.Equal(got, body) {
			t.Errorf("%d bytes: %d came back, %v", n, len(got), err)
		}
	}
	if got := k.troubles(); got != nil {
		t.Errorf("the check says %v", got)
	}
}

// A file of two lots opens when both are opened.
func TestEveryLotMustBeOpen(t *testing.T) {
	k := newKit(t)
	d := declare([]byte("body"))
	d.Lots = []string{lotA, tender + "002"}
	u := k.begin(d)
	if err := u.Append(t.Context(), 0, []byte("body")); err != nil {
		t.Fatal(err)
	}
	for _, closed := range d.Lots {
		if _, err := k.read(u.ID(), func(v standard.Vault, _ standard.Seal) bool { return v.Lot != closed }); !errors.Is(err, ErrShut) {
			t.Errorf("opened while lot %s is shut: %v", closed, err)
		}
	}
	if _, err := k.read(u.ID(), func(v standard.Vault, s standard.Seal) bool {
		return v.Origin == origin && v.Tender == tender && s == standard.Bid
	}); err != nil {
		t.Errorf("all its lots are open: %v", err)
	}
}

// Nothing of a file lies anywhere in the clear: not its bytes, while it is
// received or after, nor its name, digest, tender or lot.
func TestNothingInTheClear(t *testing.T) {
	k := newKit(t)
	body := []byte(strings.Repeat("MARKED-SECRET-BYTES/", 1000))
	d := declare(body)
	u := k.begin(d)
	look := func(when string) {
		t.Helper()
		sum, _ := hex.DecodeString(d.SHA256)
		err := filepath.WalkDir(k.dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			raw, err := os.ReadFile(path)
			for what, mark := range map[string][]byte{
				"bytes": []byte("MARKED"), "a name": []byte("投标文件"), "the digest": []byte(d.SHA256), "the raw digest": sum, "the lot": []byte(lotA), "the tender": []byte(tender),
			} {
				if bytes.Contains(raw, mark) || strings.Contains(path, string(mark)) {
					t.Errorf("%s: %s lies in %s", when, what, path)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	// An odd cut leaves bytes in the state of the running hash.
	if err := u.Append(t.Context(), 0, body[:1001]); err != nil {
		t.Fatal(err)
	}
	look("while it is received")
	if err := u.Append(t.Context(), 1001, body[1001:]); err != nil {
		t.Fatal(err)
	}
	look("when it is kept")
	if len(k.stored()) != 2 {
		t.Fatalf("%d objects: the look shows nothing", len(k.stored()))
	}
}

// Bytes that are not those declared are refused at the end and removed.
func TestWrongDigest(t *testing.T) {
	k := newKit(t)
	d := declare([]byte("0123456789"))
	u := k.begin(d)
	if err := u.Append(t.Context(), 0, []byte("01234")); err != nil {
		t.Fatal(err)
	}
	if err := u.Append(t.Context(), 5, []byte("5678X")); !errors.Is(err, ErrDigest) {
		t.Fatalf("error %v", err)
	}
	if left := k.stored(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := k.Find(t.Context(), "zz", u.ID()); !errors.Is(err, ErrNone) {
		t.Errorf("the upload is still there: %v", err)
	}
	if n := k.log.Size(); n != 0 {
		t.Errorf("%d records in the log", n)
	}
}

func TestParts(t *testing.T) {
	k := newKit(t)
	u := k.begin(declare([]byte("0123456789")))
	for _, c := range []struct {
		at   int64
		part string
		want error
	}{
		{5, "56789", ErrOffset},
		{-1, "0123", ErrOffset},
		{0, "012", ErrSmall},
		{0, "", ErrSmall},
		{0, "0123456789A", ErrBeyond},
		{0, "01234", nil},
		{0, "01234", ErrOffset},
		{5, "567890", ErrBeyond},
		{1 << 62, "0123", ErrOffset},
		{5, "56789", nil},
		{5, "56789", ErrOffset},
		{10, "", ErrOffset},
	} {
		if err := u.Append(t.Context(), c.at, []byte(c.part)); !errors.Is(err, c.want) {
			t.Errorf("%q at %d: %v, want %v", c.part, c.at, err, c.want)
		}
	}
	if got, err := k.read(u.ID(), opened); err != nil || string(got) != "0123456789" {
		t.Errorf("read %q %v", got, err)
	}
	if err := k.Abandon(t.Context(), "zz", u.ID()); !errors.Is(err, ErrKept) {
		t.Errorf("a kept file was taken back: %v", err)
	}
}

func TestDeclarations(t *testing.T) {
	k := newKit(t)
	for _, c := range []struct {
		what  string
		set   func(*Declared)
		field string // "" when it is taken
	}{
		{"as it should be", func(*Declared) {}, ""},
		{"no name, no type", func(d *Declared) { d.Name, d.Type = "", "" }, ""},
		{"digest in capitals", func(d *Declared) { d.SHA256 = strings.ToUpper(d.SHA256) }, ""},
		{"no digest", func(d *Declared) { d.SHA256 = "" }, "sha256"},
		{"half a digest", func(d *Declared) { d.SHA256 = d.SHA256[:32] }, "sha256"},
		{"no hex", func(d *Declared) { d.SHA256 = strings.Repeat("g", 64) }, "sha256"},
		{"negative", func(d *Declared) { d.Size = -1 }, "size"},
		{"no tender", func(d *Declared) { d.Tender = " " }, "tender"},
		{"zero byte in a lot", func(d *Declared) { d.Lots = []string{"a\x00b"} }, "tender"},
		{"a long tender", func(d *Declared) { d.Tender = strings.Repeat("E", 201) }, "tender"},
		{"unknown data set", func(d *Declared) { d.Dataset = "599" }, "dataset"},
		{"the platform's own data set", func(d *Declared) { d.Dataset = "release" }, "dataset"},
		{"a path", func(d *Declared) { d.Name = "../../etc/passwd" }, "filename"},
		{"a Windows path", func(d *Declared) { d.Name = `C:\x.pdf` }, "filename"},
		{"dots", func(d *Declared) { d.Name = ".." }, "filename"},
		{"a line break", func(d *Declared) { d.Name = "a\r\nX: y" }, "filename"},
		{"turned about", func(d *Declared) { d.Name = "a\u202Efdp.exe" }, "filename"},
		{"an isolate", func(d *Declared) { d.Name = "a\u2066b" }, "filename"},
		{"no UTF-8", func(d *Declared) { d.Name = "a\xff" }, "filename"},
		{"256 bytes", func(d *Declared) { d.Name = strings.Repeat("a", 256) }, "filename"},
		{"no media type", func(d *Declared) { d.Type = "text/html\r\nX: y" }, "filetype"},
	} {
		d := declare([]byte("body"))
		c.set(&d)
		_, err := k.Begin(t.Context(), "zz", d)
		var bad *DeclareError
		if c.field == "" && err != nil || c.field != "" && (!errors.As(err, &bad) || bad.Field != c.field || bad.ZH == "" || bad.EN == "") {
			t.Errorf("%s: %v, want a complaint about %q", c.what, err, c.field)
		}
	}
	d := declare([]byte("body"))
	d.Size = 1 << 40
	if _, err := k.Begin(t.Context(), "zz", d); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a terabyte: %v", err)
	}
}

// An upload is its source's only: to another it does not exist.
func TestAnothersUpload(t *testing.T) {
	k := newKit(t)
	u := k.begin(declare([]byte("body")))
	for _, id := range []string{u.ID(), "none", "../" + u.ID(), ""} {
		if _, err := k.Find(t.Context(), "other", id); !errors.Is(err, ErrNone) {
			t.Errorf("found %q: %v", id, err)
		}
		if err := k.Abandon(t.Context(), "other", id); !errors.Is(err, ErrNone) {
			t.Errorf("removed %q: %v", id, err)
		}
	}
	if err := u.Append(t.Context(), 0, []byte("body")); err != nil {
		t.Error(err)
	}
}

// The same file is taken again, from the same source and from another, and
// lies under another name for another platform.
func TestNoDeduplication(t *testing.T) {
	k := newKit(t)
	body := []byte("the same bytes")
	a, b := k.send(body, 100), k.send(body, 100)
	d := declare(body)
	d.Origin = "another platform"
	c, err := k.Begin(t.Context(), "other", d)
	if err == nil {
		err = c.Append(t.Context(), 0, body)
	}
	if err != nil {
		t.Fatal(err)
	}
	if a.ID() == b.ID() || a.row.Name != b.row.Name || a.row.Name == c.row.Name || len(k.stored()) != 3 || k.log.Size() != 3 {
		t.Errorf("ids %s %s, names %s %s %s, %d objects, %d records", a.ID(), b.ID(), a.row.Name, b.row.Name, c.row.Name, len(k.stored()), k.log.Size())
	}
	found, err := k.ByDigest(t.Context(), origin, d.SHA256)
	if err != nil || len(found) != 2 {
		t.Errorf("%d found by digest, %v", len(found), err)
	}
}

func TestQuotaAndExpiry(t *testing.T) {
	k := newKit(t, func(c *Config) { c.Limits.Unfinished, c.Limits.Age = 2, time.Hour })
	u := k.begin(declare([]byte("0123456789")))
	if err := u.Append(t.Context(), 0, []byte("01234")); err != nil {
		t.Fatal(err)
	}
	k.begin(declare([]byte("b")))
	if _, err := k.Begin(t.Context(), "zz", declare([]byte("c"))); !errors.Is(err, ErrQuota) {
		t.Errorf("a third upload of two: %v", err)
	}
	if _, err := k.Begin(t.Context(), "other", declare([]byte("c"))); err != nil {
		t.Errorf("another source's first: %v", err)
	}
	kept := k.now
	k.now = k.now.Add(time.Hour)
	if err := u.Append(t.Context(), 5, []byte("56789")); !errors.Is(err, ErrNone) {
		t.Errorf("it has expired: %v", err)
	}
	if n, err := k.Tidy(t.Context()); n != 3 || err != nil {
		t.Errorf("tidied %d, %v", n, err)
	}
	if left := k.stored(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	k.now = kept
	k.begin(declare([]byte("c"))) // there is room again
	done := k.send([]byte("0123456789"), 5)
	k.now = k.now.Add(1000 * time.Hour)
	if _, err := k.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := k.read(done.ID(), opened); err != nil {
		t.Errorf("a kept file expired: %v", err)
	}
}

// Of parts sent at once for one place one is taken.
func TestPartsAtOnce(t *testing.T) {
	k := newKit(t)
	body := bytes.Repeat([]byte("0123456789"), 1000)
	u := k.begin(declare(body))
	for at := 0; at < len(body); at += 2000 {
		var wg sync.WaitGroup
		var mu sync.Mutex
		took := 0
		for range 6 {
			wg.Go(func() {
				mine, err := k.Find(context.Background(), "zz", u.ID())
				if err == nil {
					err = mine.Append(context.Background(), int64(at), body[at:at+2000])
				}
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					took++
				} else if !errors.Is(err, ErrOffset) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if took != 1 {
			t.Fatalf("the part at %d was taken %d times", at, took)
		}
	}
	if got, err := k.read(u.ID(), opened); err != nil || !bytes.Equal(got, body) {
		t.Errorf("%d bytes came back, %v", len(got), err)
	}
}

// A key destroyed by law makes the file unreadable, for whoever asks; the check
// says so and does not speak of damage.
func TestErasure(t *testing.T) {
	k := newKit(t)
	u := k.send([]byte("0123456789"), 5)
	if ok, err := k.keys.DestroyVault(standard.Vault{Origin: origin, Tender: tender, Lot: lotA}, standard.Bid); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if _, err := k.read(u.ID(), opened); !errors.Is(err, ErrDestroyed) {
		t.Errorf("read: %v", err)
	}
	if got := k.troubles(); len(got) != 1 || got[0] != "destroyed" {
		t.Errorf("the check says %v", got)
	}
}

// Whatever is done to what lies in storage is found, by the check without a
// key's use, and by who reads.
func TestHarm(t *testing.T) {
	for name, c := range map[string]struct {
		harm func(t *testing.T, k *testKit, objects []string)
		want string
	}{
		"a byte changed": {func(t *testing.T, _ *testKit, o []string) {
			raw, err := os.ReadFile(o[1])
			if err != nil {
				t.Fatal(err)
			}
			raw[len(raw)/2] ^= 1
			if err := os.WriteFile(o[1], raw, 0o600); err != nil {
				t.Fatal(err)
			}
		}, "altered"},
		"parts exchanged": {func(t *testing.T, _ *testKit, o []string) {
			if err := errors.Join(os.Rename(o[0], o[0]+"x"), os.Rename(o[1], o[0]), os.Rename(o[0]+"x", o[1])); err != nil {
				t.Fatal(err)
			}
		}, "altered"},
		"a part removed": {func(t *testing.T, _ *testKit, o []string) {
			if err := os.Remove(o[1]); err != nil {
				t.Fatal(err)
			}
		}, "missing"},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKit(t)
			u := k.send([]byte("0123456789"), 5)
			c.harm(t, k, k.stored())
			if got := k.troubles(); len(got) != 1 || got[0] != c.want {
				t.Errorf("the check says %v", got)
			}
			if got, err := k.read(u.ID(), opened); !errors.Is(err, ErrDamaged) {
				t.Errorf("read %q, %v", got, err)
			}
		})
	}
}

// failing fails one step of the work, before or after it was done, as a crash
// there would.
type failing struct {
	Blobs
	Store
	Log
	step  string
	after bool
}

var errCrash = errors.New("crash")

func (f *failing) do(step string, work func() error) error {
	if step != f.step {
		return work()
	}
	f.step = ""
	if f.after {
		if err := work(); err != nil {
			return err
		}
	}
	return errCrash
}

func (f *failing) Put(ctx context.Context, name string, data []byte) error {
	return f.do("put "+name[strings.LastIndex(name, "."):], func() error { return f.Blobs.Put(ctx, name, data) })
}

func (f *failing) AddFilePart(ctx context.Context, id string, p store.FilePart, progress, digest []byte) error {
	return f.do(fmt.Sprint("note .", p.At), func() error { return f.Store.AddFilePart(ctx, id, p, progress, digest) })
}

func (f *failing) KeepFile(ctx context.Context, id string, at int64) error {
	return f.do("keep", func() error { return f.Store.KeepFile(ctx, id, at) })
}

func (f *failing) Append(ctx context.Context, s ledger.Submission) (out []ledger.Outcome, err error) {
	err = f.do("log", func() error { out, err = f.Log.Append(ctx, s); return err })
	return out, err
}

// However the work is cut, whoever goes on from the offset that the upload says
// ends with one file and one receipt, and no byte is lost.
func TestCutAnywhere(t *testing.T) {
	body := []byte("0123456789ABCDE")
	for _, step := range []string{"put .0", "note .0", "put .5", "note .5", "put .10", "note .10", "log", "keep"} {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s %v", step, after), func(t *testing.T) {
				f := &failing{step: step, after: after}
				k := newKit(t, func(c *Config) {
					f.Blobs, f.Store, f.Log = c.Blobs, c.Store, c.Log
					c.Blobs, c.Store, c.Log = f, f, f
				})
				u := k.begin(declare(body))
				cuts := 0
				for {
					now, err := k.Find(t.Context(), "zz", u.ID())
					if err != nil {
						t.Fatal(err)
					}
					if _, ok := now.Kept(); ok {
						break
					}
					if now.Offset() == now.Size() {
						t.Fatal("it says that all bytes are here before it is kept")
					}
					err = now.Append(t.Context(), now.Offset(), body[now.Offset():now.Offset()+5])
					if err != nil {
						if cuts++; !errors.Is(err, errCrash) || cuts > 1 {
							t.Fatal(err)
						}
						k.close()
						k.open() // another process, nothing remembered
					}
				}
				if cuts != 1 {
					t.Fatal("nothing was cut")
				}
				if got, err := k.read(u.ID(), opened); err != nil || !bytes.Equal(got, body) {
					t.Errorf("read %q %v", got, err)
				}
				if k.log.Size() != 1 || k.troubles() != nil {
					t.Errorf("%d receipts, troubles %v", k.log.Size(), k.troubles())
				}
			})
		}
	}
}

// What a crash left whole is finished though nobody asks for it.
func TestTidyFinishes(t *testing.T) {
	f := &failing{step: "log"}
	k := newKit(t, func(c *Config) { f.Log = c.Log; f.Blobs, f.Store = c.Blobs, c.Store; c.Log = f })
	u := k.begin(declare([]byte("body")))
	if err := u.Append(t.Context(), 0, []byte("body")); !errors.Is(err, errCrash) {
		t.Fatal(err)
	}
	if n, err := k.Tidy(t.Context()); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if got, err := k.read(u.ID(), opened); err != nil || string(got) != "body" || k.log.Size() != 1 {
		t.Errorf("read %q %v", got, err)
	}
}

func TestDiskStaysInside(t *testing.T) {
	d := Disk(t.TempDir())
	for _, name := range []string{"../x", "/x", "a/../../x", ""} {
		if err := d.Put(t.Context(), name, nil); err == nil {
			t.Errorf("wrote %q", name)
		}
		if _, err := d.Get(t.Context(), name); err == nil || errors.Is(err, ErrNoBlob) && name != "" {
			t.Errorf("read %q: %v", name, err)
		}
	}
}

func BenchmarkUpload(b *testing.B) {
	for _, chunk := range []int{256 << 10, 1 << 20, 8 << 20} {
		b.Run(fmt.Sprintf("part=%dKiB", chunk>>10), func(b *testing.B) {
			k := newKit(b, func(c *Config) { c.Limits = Limits{Chunk: int64(chunk)} })
			body := bytes.Repeat([]byte("0123456789abcdef"), (32<<20)/16)
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				k.send(body, chunk)
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	k := newKit(b, func(c *Config) { c.Limits = Limits{} })
	body := bytes.Repeat([]byte("0123456789abcdef"), (32<<20)/16)
	u := k.send(body, 8<<20)
	f, err := k.ByID(b.Context(), u.ID())
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		r, err := f.Open(b.Context(), opened)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			b.Fatal(err)
		}
	}
}

// Whatever is declared, what passes is no path, misleads nobody and can be stored.
func FuzzDeclared(f *testing.F) {
	f.Add("招标文件.pdf", "application/pdf", "E1", "L1")
	f.Add("../x", "text/html; a=\"", "\x00", "a\nb")
	f.Add("a\u202eb", "", strings.Repeat("E", 300), "")
	f.Fuzz(func(t *testing.T, name, media, tender, lot string) {
		d := declare([]byte("x"))
		d.Name, d.Type, d.Tender, d.Lots = name, media, tender, []string{lot}
		if d.Check(standard.Default()) != nil {
			return
		}
		if filepath.Base(d.Name) != d.Name && d.Name != "" || strings.ContainsAny(d.Name, "\\\r\n\x00\u202e") || strings.ContainsAny(d.Tender+d.Lots[0]+d.Type, "\r\n\x00") {
			t.Errorf("taken: %q %q %q %q", d.Name, d.Type, d.Tender, d.Lots)
		}
	})
}
