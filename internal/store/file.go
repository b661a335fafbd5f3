package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// States of a FileRow.
const (
	FileReceiving = "receiving" // bytes are still awaited
	FileWhole     = "whole"     // all bytes are here and fit; its record is not in the log yet
	FileKept      = "kept"      // logged: it stays
	FileGoing     = "going"     // given up; its bytes are being removed
)

// ErrQuota means that a source has as much under way as it may.
var ErrQuota = errors.New("quota reached")

// A FileRow is an attachment, or an upload under way. What it is and whose lot
// it belongs to stands in Meta, which the caller encrypts.
type FileRow struct {
	ID       string
	Source   string
	Name     string // under which its sealed bytes lie
	Size     int64  // bytes declared
	Got      int64  // bytes taken and durable
	State    string
	Created  time.Time
	Expires  time.Time
	Meta     []byte
	Progress []byte
	Digest   []byte // SHA-256 of the sealed bytes, once whole
	Position int64  // of its record in the log; -1 before it is kept
}

// A FilePart is one part in which an attachment came.
type FilePart struct {
	At   int64 // offset of its first byte
	Size int64 // bytes before sealing
}

// AddFile writes a new upload, durably, unless its source would then have more
// than so many unfinished ones, or more than so many bytes declared by them:
// ErrQuota.
func (db *DB) AddFile(ctx context.Context, f FileRow, unfinished int, bytes int64) error {
	err := checkTexts("file", f.ID, f.Source, f.Name, f.State)
	if err == nil {
		err = db.write(ctx, durable, func(tx *sql.Tx) error {
			if db.pool != nil { // two uploads begun at once must count each other
				if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtext('file'), hashtext($1))`, f.Source); err != nil {
					return err
				}
			}
			var n, total int64
			if err := tx.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(size), 0) FROM file WHERE source = $1 AND state = $2`, f.Source, FileReceiving).Scan(&n, &total); err != nil {
				return err
			}
			if n >= int64(unfinished) || total > bytes-f.Size {
				return ErrQuota
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO file (id, source, name, size, got, state, created, expires, meta, progress, position) VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, -1)`,
				f.ID, f.Source, f.Name, f.Size, FileReceiving, ms(f.Created), ms(f.Expires), notNil(f.Meta), notNil(f.Progress))
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("store: file: %w", err)
	}
	return nil
}

const fileColumns = `id, source, name, size, got, state, created, expires, meta, progress, digest, position`

func scanFile(s scanner) (FileRow, error) {
	var (
		f                FileRow
		created, expires int64
	)
	err := s.Scan(&f.ID, &f.Source, &f.Name, &f.Size, &f.Got, &f.State, &created, &expires, &f.Meta, &f.Progress, &f.Digest, &f.Position)
	f.Created, f.Expires = instant(created), instant(expires)
	return f, err
}

// File returns an attachment or upload, nil when there is none.
func (db *DB) File(ctx context.Context, id string) (*FileRow, error) {
	f, err := scanFile(db.read.QueryRowContext(ctx, `SELECT `+fileColumns+` FROM file WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: file: %w", err)
	}
	return &f, nil
}

// FilesNamed returns the kept attachments whose bytes lie under a name, in the
// order of their ids.
func (db *DB) FilesNamed(ctx context.Context, name string) ([]FileRow, error) {
	return db.files(ctx, `SELECT `+fileColumns+` FROM file WHERE name = $1 AND state = $2 ORDER BY id LIMIT 1000`, name, FileKept)
}

// KeptFiles returns a page of the kept attachments, in the order of their ids,
// after an id.
func (db *DB) KeptFiles(ctx context.Context, after string, limit int) ([]FileRow, error) {
	return db.files(ctx, `SELECT `+fileColumns+` FROM file WHERE state = $1 AND id > $2 ORDER BY id LIMIT $3`, FileKept, after, limitOf(limit))
}

// StaleFiles returns uploads that are to be seen to: those that expired, those
// that are going, and those that are whole and not logged.
func (db *DB) StaleFiles(ctx context.Context, now time.Time, limit int) ([]FileRow, error) {
	return db.files(ctx, `SELECT `+fileColumns+` FROM file WHERE state IN ($1, $2) OR state = $3 AND expires <= $4 ORDER BY id LIMIT $5`,
		FileGoing, FileWhole, FileReceiving, ms(now), limitOf(limit))
}

func (db *DB) files(ctx context.Context, query string, args ...any) ([]FileRow, error) {
	out, err := collect(ctx, db.read, scanFile, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: files: %w", err)
	}
	return out, nil
}

// FileParts returns the parts of an attachment in their order.
func (db *DB) FileParts(ctx context.Context, id string) ([]FilePart, error) {
	out, err := collect(ctx, db.read, func(s scanner) (FilePart, error) {
		var p FilePart
		return p, s.Scan(&p.At, &p.Size)
	}, `SELECT at, size FROM file_part WHERE file = $1 ORDER BY at`, id)
	if err != nil {
		return nil, fmt.Errorf("store: parts of a file: %w", err)
	}
	return out, nil
}

// AddFilePart notes, durably, that a part has been put away. It is the next one
// or nothing: ErrNotFound when the upload does not stand where the part begins.
// digest is given with the last part: then the file is whole.
func (db *DB) AddFilePart(ctx context.Context, id string, p FilePart, progress, digest []byte) error {
	state := FileReceiving
	if digest != nil {
		state = FileWhole
	}
	return db.changeFile(ctx, func(tx *sql.Tx) error {
		if err := touched(tx.ExecContext(ctx, `UPDATE file SET got = $1, progress = $2, digest = $3, state = $4 WHERE id = $5 AND got = $6 AND state = $7`,
			p.At+p.Size, notNil(progress), digest, state, id, p.At, FileReceiving)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO file_part (file, at, size) VALUES ($1, $2, $3)`, id, p.At, p.Size)
		return err
	})
}

// KeepFile notes where the record of a whole file stands in the log.
func (db *DB) KeepFile(ctx context.Context, id string, position int64) error {
	return db.changeFile(ctx, func(tx *sql.Tx) error {
		return touched(tx.ExecContext(ctx, `UPDATE file SET state = $1, position = $2 WHERE id = $3 AND state IN ($4, $1)`, FileKept, position, id, FileWhole))
	})
}

// DropFile gives an upload up; its bytes are to be removed, then ForgetFile
// called. ErrNotFound when it is whole, kept or not there.
func (db *DB) DropFile(ctx context.Context, id string) error {
	return db.changeFile(ctx, func(tx *sql.Tx) error {
		return touched(tx.ExecContext(ctx, `UPDATE file SET state = $1 WHERE id = $2 AND state IN ($1, $3)`, FileGoing, id, FileReceiving))
	})
}

// ForgetFile takes the row of an upload that is going away.
func (db *DB) ForgetFile(ctx context.Context, id string) error {
	return db.changeFile(ctx, func(tx *sql.Tx) error {
		if err := touched(tx.ExecContext(ctx, `DELETE FROM file WHERE id = $1 AND state = $2`, id, FileGoing)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM file_part WHERE file = $1`, id)
		return err
	})
}

func (db *DB) changeFile(ctx context.Context, fn func(tx *sql.Tx) error) error {
	if err := db.write(ctx, durable, fn); err != nil {
		return fmt.Errorf("store: file: %w", err)
	}
	return nil
}
