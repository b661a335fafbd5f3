package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

// A Kept is an attachment that is here. Whoever holds it must ask
// disclose before telling a reader that it exists.
type Kept struct {
	Declared
	u *Upload
}

// Why a kept attachment is not read.
var (
	// ErrShut means that the moment of one of its lots has not come.
	ErrShut = errors.New("files: sealed")
	// ErrDestroyed means that its key was destroyed by law.
	ErrDestroyed = errors.New("files: its key was destroyed")
	// ErrDamaged means that its bytes are not those that were sealed.
	ErrDamaged = errors.New("files: damaged")
)

// ID is its random name.
func (k *Kept) ID() string { return k.u.row.ID }

// Sealing is the seal and the vaults that it hangs on.
func (k *Kept) Sealing() (standard.Seal, []standard.Vault, error) { return k.u.sealing() }

// ByID returns a kept attachment, nil when there is none.
func (s *Service) ByID(ctx context.Context, id string) (*Kept, error) {
	row, err := s.cfg.Store.File(ctx, id)
	if err != nil || row == nil || row.State != store.FileKept {
		return nil, err
	}
	return s.kept(row)
}

// ByDigest returns what a platform's attachments with a SHA-256 (64 hex digits,
// lower case) are: the same file may have been sent for several lots.
func (s *Service) ByDigest(ctx context.Context, origin, sha256 string) ([]*Kept, error) {
	rows, err := s.cfg.Store.FilesNamed(ctx, s.name(origin, sha256))
	if err != nil {
		return nil, err
	}
	out := make([]*Kept, len(rows))
	for i := range rows {
		if out[i], err = s.kept(&rows[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) kept(row *store.FileRow) (*Kept, error) {
	u, err := s.upload(row)
	if err != nil {
		return nil, err
	}
	return &Kept{Declared: u.declared, u: u}, nil
}

// Open decrypts the attachment part by part, if open says yes to all its
// vaults; the first part is opened before it returns. The errors of Open and of
// the reader wrap ErrShut, ErrDestroyed or ErrDamaged, or are faults. What a
// read gives is authentic; that nothing is missing is known at io.EOF.
func (k *Kept) Open(ctx context.Context, open func(standard.Vault, standard.Seal) bool) (io.Reader, error) {
	parts, err := k.u.s.cfg.Store.FileParts(ctx, k.u.row.ID)
	if err != nil {
		return nil, err
	}
	r := &reader{ctx: ctx, k: k, open: open, parts: parts}
	return r, r.next()
}

type reader struct {
	ctx   context.Context
	k     *Kept
	open  func(standard.Vault, standard.Seal) bool
	parts []store.FilePart
	at    int64
	buf   bytes.Reader
}

// Read implements io.Reader.
func (r *reader) Read(p []byte) (int, error) {
	for r.buf.Len() == 0 {
		if r.at == r.k.u.row.Size {
			return 0, io.EOF
		}
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	return r.buf.Read(p)
}

// next opens the next part.
func (r *reader) next() error {
	u := r.k.u
	if len(r.parts) == 0 || r.parts[0].At != r.at {
		return fmt.Errorf("%w: file %s lacks the part at %d", ErrDamaged, u.row.ID, r.at)
	}
	p := r.parts[0]
	sealed, err := u.s.cfg.Blobs.Get(r.ctx, u.blob(p.At))
	if errors.Is(err, ErrNoBlob) {
		return fmt.Errorf("%w: file %s: %w", ErrDamaged, u.row.ID, err)
	}
	if err != nil {
		return err
	}
	plain, err := u.s.cfg.Keys.OpenBlob(sealed, u.context(p.At, p.Size), r.open)
	switch {
	case errors.Is(err, ledger.ErrBlobShut):
		return ErrShut
	case errors.Is(err, ledger.ErrBlobDestroyed):
		return ErrDestroyed
	case err != nil || int64(len(plain)) != p.Size:
		return fmt.Errorf("%w: file %s, part at %d: %w", ErrDamaged, u.row.ID, p.At, err)
	}
	r.parts, r.at = r.parts[1:], p.At+p.Size
	r.buf.Reset(plain)
	return nil
}

// A Checked is what Check found of one kept attachment.
type Checked struct {
	ID        string
	Position  int64  // of its receipt in the log
	Identity  []byte // what the receipt's row must carry
	Missing   bool   // a part is not there
	Altered   bool   // the sealed bytes are not those that were logged
	Destroyed bool   // its key was destroyed by law: that is no harm
}

// Check goes through all kept attachments without opening any: it reads their
// sealed bytes and compares them with the digest that the log was given.
func (s *Service) Check(ctx context.Context, fn func(Checked) error) error {
	after := ""
	for {
		rows, err := s.cfg.Store.KeptFiles(ctx, after, 0)
		if err != nil || len(rows) == 0 {
			return err
		}
		for i := range rows {
			c, err := s.check(ctx, &rows[i])
			if err == nil {
				err = fn(c)
			}
			if err != nil {
				return err
			}
		}
		after = rows[len(rows)-1].ID
	}
}

func (s *Service) check(ctx context.Context, row *store.FileRow) (Checked, error) {
	c := Checked{ID: row.ID, Position: row.Position, Identity: s.cfg.Keys.IdentityOf(receiptDataset, receiptKey(row))}
	parts, err := s.cfg.Store.FileParts(ctx, row.ID)
	if err != nil {
		return c, err
	}
	u := &Upload{s: s, row: *row}
	sum := sha256.New()
	var at int64
	for _, p := range parts {
		sealed, err := s.cfg.Blobs.Get(ctx, u.blob(p.At))
		if errors.Is(err, ErrNoBlob) {
			c.Missing = true
			return c, nil
		}
		if err != nil {
			return c, err
		}
		if p.At != at {
			break
		}
		c.Destroyed = c.Destroyed || s.cfg.Keys.BlobDestroyed(sealed)
		sum.Write(sealed)
		at += p.Size
	}
	c.Altered = at != row.Size || !bytes.Equal(sum.Sum(nil), row.Digest)
	return c, nil
}
