package files

import (
	"context"
	"crypto/sha256"
	"encoding"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

// An Upload is one attachment on its way, as it stood when it was found.
type Upload struct {
	s        *Service
	row      store.FileRow
	declared Declared
}

// ID is its random name.
func (u *Upload) ID() string { return u.row.ID }

// Size is how many bytes were declared.
func (u *Upload) Size() int64 { return u.row.Size }

// Offset is how many bytes are durable; the size only when the file is kept.
func (u *Upload) Offset() int64 { return u.row.Got }

// Kept tells whether it is whole and in the log, and where.
func (u *Upload) Kept() (position int64, ok bool) {
	return u.row.Position, u.row.State == store.FileKept
}

// Expires is when it is given up; it has no meaning once it is kept.
func (u *Upload) Expires() time.Time { return u.row.Expires }

// Append takes one part that begins at an offset. When it returns nil the part
// is durable, and after the last one the file is kept: its digest is the one
// declared and its receipt is in the log. ErrDigest: it is not, and all bytes
// are removed. The other errors change nothing.
func (u *Upload) Append(ctx context.Context, at int64, part []byte) error {
	defer u.s.lock(u.row.ID)()
	fresh, err := u.s.find(ctx, u.row.Source, u.row.ID)
	if err != nil {
		return err
	}
	*u = *fresh
	last := at+int64(len(part)) == u.row.Size
	switch {
	case at != u.row.Got || u.row.State != store.FileReceiving:
		return ErrOffset
	case int64(len(part)) > u.row.Size-at:
		return ErrBeyond
	case !last && int64(len(part)) < u.s.limits.MinChunk:
		return ErrSmall
	}
	p, err := u.progress()
	if err != nil {
		return err
	}
	p.plain.Write(part)
	if last && hex.EncodeToString(p.plain.Sum(nil)) != u.declared.SHA256 {
		return errors.Join(ErrDigest, u.remove(ctx))
	}
	seal, vaults, err := u.sealing()
	if err != nil {
		return err
	}
	sealed, err := u.s.cfg.Keys.SealBlob(vaults, seal, u.context(at, int64(len(part))), part)
	if err != nil {
		return fmt.Errorf("files: %w", err)
	}
	p.sealed.Write(sealed)
	packed, err := u.pack(p)
	if err != nil {
		return err
	}
	if err := u.s.cfg.Blobs.Put(ctx, u.blob(at), sealed); err != nil {
		return err
	}
	var digest []byte
	if last {
		digest = p.sealed.Sum(nil)
	}
	err = u.s.cfg.Store.AddFilePart(ctx, u.row.ID, store.FilePart{At: at, Size: int64(len(part))}, packed, digest)
	if errors.Is(err, store.ErrNotFound) {
		return ErrOffset // another process was faster
	}
	if err != nil {
		return err
	}
	u.row.Got, u.row.Progress = at+int64(len(part)), packed
	if !last {
		return nil
	}
	u.row.State, u.row.Digest = store.FileWhole, digest
	return u.finish(ctx)
}

// finish writes the receipt of a whole file into the log. Done again it finds
// the receipt that is there.
func (u *Upload) finish(ctx context.Context) error {
	seal, vaults, err := u.sealing()
	if err != nil {
		return err
	}
	d := &u.declared
	fields := map[string]string{
		"FILE": u.row.ID, "ORIGIN": d.Origin, "SENDER": u.row.Source, "DATASET": d.Dataset, "TENDER_PROJECT_CODE": d.Tender,
		"BID_SECTION_CODE": strings.Join(d.Lots, ";"), "SHA256": d.SHA256, "SIZE": strconv.FormatInt(d.Size, 10), "FILE_NAME": d.Name, "FILE_TYPE": d.Type,
		"SEALED_SHA256": hex.EncodeToString(u.row.Digest), "KEY_ID": d.KeyID, "ALGORITHM": d.Algorithm, "SIGNED": string(d.Signed),
		"SIGNATURE": base64.StdEncoding.EncodeToString(d.Signature),
	}
	for name, v := range fields {
		if v == "" {
			delete(fields, name)
		}
	}
	out, err := u.s.cfg.Log.Append(ctx, ledger.Submission{
		Author: ledger.Author{Kind: "system", ID: ledger.SystemOrigin},
		Drafts: []ledger.Draft{{
			Record: standard.Record{
				Origin: ledger.SystemOrigin, Dataset: receiptDataset, Op: standard.Insert, Key: receiptKey(&u.row),
				Revision: strconv.FormatInt(u.row.Created.UnixMilli(), 10), Fields: fields,
			},
			Sealing: standard.Sealing{Whole: seal, Vaults: vaults},
		}},
	})
	if err != nil {
		return err
	}
	at := out[0].Receipt.Position
	if err := u.s.cfg.Store.KeepFile(ctx, u.row.ID, at); err != nil {
		return err
	}
	u.row.State, u.row.Position = store.FileKept, at
	return nil
}

const receiptDataset = docket.DatasetFile

// receiptKey names the receipt by the file and the digest of its sealed bytes.
// The log keeps a keyed MAC of it in the open, so that the row and the bytes can
// be compared with the log while the receipt is still sealed.
func receiptKey(row *store.FileRow) string { return row.ID + "/" + hex.EncodeToString(row.Digest) }

// remove gives the upload up and removes its bytes. After a crash Tidy goes on.
func (u *Upload) remove(ctx context.Context) error {
	parts, err := u.s.cfg.Store.FileParts(ctx, u.row.ID)
	if err != nil {
		return err
	}
	err = u.s.cfg.Store.DropFile(ctx, u.row.ID)
	if errors.Is(err, store.ErrNotFound) {
		return ErrKept
	}
	if err != nil {
		return err
	}
	// The next part may have been put away and not noted.
	for _, p := range append(parts, store.FilePart{At: u.row.Got}) {
		if err := u.s.cfg.Blobs.Delete(ctx, u.blob(p.At)); err != nil {
			return err
		}
	}
	return u.s.cfg.Store.ForgetFile(ctx, u.row.ID)
}

func (u *Upload) sealing() (standard.Seal, []standard.Vault, error) {
	d := &u.declared
	seal, vaults, ok := u.s.cfg.Catalogue.Attachment(d.Origin, d.Dataset, d.Tender, d.Lots)
	if !ok || len(vaults) == 0 {
		return "", nil, fmt.Errorf("files: the catalogue no longer knows data set %q, for which upload %s was declared", d.Dataset, u.row.ID)
	}
	return seal, vaults, nil
}

// blob names the part that begins at an offset.
func (u *Upload) blob(at int64) string {
	return fmt.Sprintf("%s/%s/%s.%d", u.row.Name[:2], u.row.Name, u.row.ID, at)
}

// context is what a sealed part is bound to: moved, cut off or put in another
// place it does not open.
func (u *Upload) context(at, size int64) []byte {
	b := []byte(u.row.ID)
	for _, n := range []int64{at, size, u.row.Size} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	if at+size == u.row.Size {
		b = append(b, 1) // the last part
	} else {
		b = append(b, 0)
	}
	return append(b, u.declared.SHA256...)
}

// progress is how far the digests of the bytes as declared and as sealed have
// come. It is kept encrypted: the state of a hash holds some bytes of the file.
type progress struct{ plain, sealed hash.Hash }

func newProgress() progress { return progress{sha256.New(), sha256.New()} }

func (u *Upload) pack(p progress) ([]byte, error) {
	var out []byte
	for _, h := range []hash.Hash{p.plain, p.sealed} {
		state, err := h.(encoding.BinaryMarshaler).MarshalBinary()
		if err != nil {
			return nil, err
		}
		out = append(out, state...)
	}
	return u.s.cfg.Keys.Private(purposeProgress+u.row.ID, out)
}

func (u *Upload) progress() (progress, error) {
	p := newProgress()
	raw, err := u.s.cfg.Keys.OpenPrivate(purposeProgress+u.row.ID, u.row.Progress)
	if err == nil {
		err = p.plain.(encoding.BinaryUnmarshaler).UnmarshalBinary(raw[:len(raw)/2])
	}
	if err == nil {
		err = p.sealed.(encoding.BinaryUnmarshaler).UnmarshalBinary(raw[len(raw)/2:])
	}
	if err != nil {
		return p, fmt.Errorf("files: how far upload %s has come cannot be read: %w", u.row.ID, err)
	}
	return p, nil
}
