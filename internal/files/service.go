package files

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

// Store keeps the rows. Implementation: *store.DB.
type Store interface {
	AddFile(ctx context.Context, f store.FileRow, unfinished int, bytes int64) error
	File(ctx context.Context, id string) (*store.FileRow, error)
	FilesNamed(ctx context.Context, name string) ([]store.FileRow, error)
	KeptFiles(ctx context.Context, after string, limit int) ([]store.FileRow, error)
	StaleFiles(ctx context.Context, now time.Time, limit int) ([]store.FileRow, error)
	FileParts(ctx context.Context, id string) ([]store.FilePart, error)
	AddFilePart(ctx context.Context, id string, p store.FilePart, progress, digest []byte) error
	KeepFile(ctx context.Context, id string, position int64) error
	DropFile(ctx context.Context, id string) error
	ForgetFile(ctx context.Context, id string) error
}

// Keys seals and opens. Implementation: *ledger.Keyring.
type Keys interface {
	SealBlob(vaults []standard.Vault, seal standard.Seal, context, plain []byte) ([]byte, error)
	OpenBlob(sealed, context []byte, open func(standard.Vault, standard.Seal) bool) ([]byte, error)
	BlobDestroyed(sealed []byte) bool
	Private(purpose string, plain []byte) ([]byte, error)
	OpenPrivate(purpose string, sealed []byte) ([]byte, error)
	PrivateName(purpose string, plain []byte) string
	IdentityOf(dataset, key string) []byte
}

// Log appends records. Implementation: *ledger.Ledger.
type Log interface {
	Append(ctx context.Context, s ledger.Submission) ([]ledger.Outcome, error)
}

// Limits bound what a source may send. The zero value of a field means its default.
type Limits struct {
	Size       int64         // bytes of one file; default 2 GiB
	Chunk      int64         // bytes of one part; default 8 MiB: so much memory a request takes
	MinChunk   int64         // bytes of every part but the last; default 256 KiB
	Unfinished int           // uploads of a source under way; default 16
	Bytes      int64         // bytes declared by these together; default 8 GiB
	Age        time.Duration // after which an unfinished upload is given up; default 24 h
}

// WithDefaults fills in what is not given.
func (l Limits) WithDefaults() Limits {
	def := func(v *int64, to int64) {
		if *v == 0 {
			*v = to
		}
	}
	def(&l.Size, 2<<30)
	def(&l.Chunk, 8<<20)
	def(&l.MinChunk, min(256<<10, l.Chunk))
	def(&l.Bytes, 8<<30)
	if l.Unfinished == 0 {
		l.Unfinished = 16
	}
	if l.Age == 0 {
		l.Age = 24 * time.Hour
	}
	return l
}

// Config is what the service stands on.
type Config struct {
	Store     Store
	Keys      Keys
	Blobs     Blobs
	Log       Log // nil: nothing can be finished (the verifier's)
	Catalogue Catalogue
	Clock     func() time.Time
	Limits    Limits
}

// A Service keeps attachments.
type Service struct {
	cfg    Config
	limits Limits
	mu     sync.Mutex
	locks  map[string]*held // uploads that a part, the log or the removal is working on
}

type held struct {
	mu    sync.Mutex
	users int
}

// New makes a service.
func New(cfg Config) *Service {
	return &Service{cfg: cfg, limits: cfg.Limits.WithDefaults(), locks: map[string]*held{}}
}

// Limits returns the limits in force.
func (s *Service) Limits() Limits { return s.limits }

// lock orders what is done to one upload.
func (s *Service) lock(id string) (unlock func()) {
	s.mu.Lock()
	h := s.locks[id]
	if h == nil {
		h = new(held)
		s.locks[id] = h
	}
	h.users++
	s.mu.Unlock()
	h.mu.Lock()
	return func() {
		h.mu.Unlock()
		s.mu.Lock()
		defer s.mu.Unlock()
		if h.users--; h.users == 0 {
			delete(s.locks, id)
		}
	}
}

// Errors that callers tell apart.
var (
	// ErrNone means that there is no such upload, or that it is another source's.
	ErrNone = errors.New("files: no such upload")
	// ErrTooLarge means that the declared size exceeds what one file may have.
	ErrTooLarge = errors.New("files: too large")
	// ErrQuota means that the source has as much under way as it may.
	ErrQuota = errors.New("files: too much under way")
	// ErrOffset means that a part does not begin where the upload stands.
	ErrOffset = errors.New("files: the part does not begin where the upload stands")
	// ErrBeyond means that a part goes beyond the declared size.
	ErrBeyond = errors.New("files: the part goes beyond the declared size")
	// ErrSmall means that a part that is not the last is smaller than parts must be.
	ErrSmall = errors.New("files: the part is too small")
	// ErrDigest means that the bytes are not those declared; they are removed.
	ErrDigest = errors.New("files: the bytes are not those declared")
	// ErrKept means that the file is whole and logged: it cannot be taken back.
	ErrKept = errors.New("files: the file is kept")
)

// Begin notes a new upload of a source, durably. The error is a *DeclareError,
// ErrTooLarge, ErrQuota, or a fault.
func (s *Service) Begin(ctx context.Context, source string, d Declared) (*Upload, error) {
	if err := d.Check(s.cfg.Catalogue); err != nil {
		return nil, err
	}
	if d.Size > s.limits.Size {
		return nil, ErrTooLarge
	}
	var raw [16]byte
	rand.Read(raw[:])
	now := s.cfg.Clock().UTC().Truncate(time.Millisecond)
	u := &Upload{s: s, declared: d, row: store.FileRow{
		ID: hex.EncodeToString(raw[:]), Source: source, Name: s.name(d.Origin, d.SHA256), Size: d.Size, State: store.FileReceiving,
		Created: now, Expires: now.Add(s.limits.Age), Position: -1,
	}}
	meta, err := json.Marshal(d)
	if err == nil {
		u.row.Meta, err = s.cfg.Keys.Private(purposeMeta+u.row.ID, meta)
	}
	if err == nil {
		u.row.Progress, err = u.pack(newProgress())
	}
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	err = s.cfg.Store.AddFile(ctx, u.row, s.limits.Unfinished, s.limits.Bytes)
	if errors.Is(err, store.ErrQuota) {
		return nil, ErrQuota
	}
	if err != nil {
		return nil, err
	}
	return u, nil
}

// What the keyring encrypts for us; the id follows, so that nothing fits
// another upload's row.
const (
	purposeMeta     = "file meta "
	purposeProgress = "file progress "
)

// name is under what the sealed bytes lie: by platform and digest, and keyed, so
// that whoever sees the names cannot try files against them.
func (s *Service) name(origin, sha256 string) string {
	return s.cfg.Keys.PrivateName("file", []byte(origin+"\x00"+sha256))
}

// Find returns an upload of a source; ErrNone when there is none, and alike
// when it is another's. One that was whole when a crash came is finished first,
// so that nobody is told of bytes that no receipt covers.
func (s *Service) Find(ctx context.Context, source, id string) (*Upload, error) {
	defer s.lock(id)()
	u, err := s.find(ctx, source, id)
	if err != nil || u.row.State != store.FileWhole {
		return u, err
	}
	return u, u.finish(ctx)
}

func (s *Service) find(ctx context.Context, source, id string) (*Upload, error) {
	row, err := s.cfg.Store.File(ctx, id)
	if err != nil {
		return nil, err
	}
	if row == nil || row.Source != source || row.State == store.FileGoing || row.State == store.FileReceiving && !s.cfg.Clock().Before(row.Expires) {
		return nil, ErrNone
	}
	return s.upload(row)
}

func (s *Service) upload(row *store.FileRow) (*Upload, error) {
	u := &Upload{s: s, row: *row}
	meta, err := s.cfg.Keys.OpenPrivate(purposeMeta+row.ID, row.Meta)
	if err == nil {
		err = json.Unmarshal(meta, &u.declared)
	}
	if err != nil {
		return nil, fmt.Errorf("files: what was declared of %s cannot be read; was the row altered, or is this another log's keyring? %w", row.ID, ledger.ErrPrivate)
	}
	return u, nil
}

// Abandon gives an upload of a source up and removes its bytes. ErrNone as
// Find; ErrKept when it is whole.
func (s *Service) Abandon(ctx context.Context, source, id string) error {
	defer s.lock(id)()
	u, err := s.find(ctx, source, id)
	if err != nil {
		return err
	}
	return u.remove(ctx)
}

// Tidy removes uploads that expired or were given up, and finishes those that
// were whole when a crash came. It returns how many it saw to.
func (s *Service) Tidy(ctx context.Context) (int, error) {
	rows, err := s.cfg.Store.StaleFiles(ctx, s.cfg.Clock(), 0)
	if err != nil {
		return 0, err
	}
	for i := range rows {
		if err := s.tidy(ctx, rows[i].ID); err != nil {
			return i, err
		}
	}
	return len(rows), nil
}

func (s *Service) tidy(ctx context.Context, id string) error {
	defer s.lock(id)()
	row, err := s.cfg.Store.File(ctx, id) // as it is now that it is ours alone
	if err != nil || row == nil {
		return err
	}
	u, err := s.upload(row)
	if err != nil {
		return err
	}
	switch {
	case row.State == store.FileWhole:
		return u.finish(ctx)
	case row.State == store.FileGoing, row.State == store.FileReceiving && !s.cfg.Clock().Before(row.Expires):
		return u.remove(ctx)
	}
	return nil
}
