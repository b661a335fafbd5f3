package store

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"mingjing/internal/ledger"
)

// rowColumns are the columns of table record, in the order of rowValues and scanRow.
var rowColumns = []string{
	"position", "received", "author_kind", "author_id", "author_key", "origin", "batch", "standard", "history",
	"dataset", "key", "revision", "op", "occurred", "fields", "sealed", "seed", "commitments", "salts",
	"leaf", "identity", "content", "problems", "codes",
}

var rowList = strings.Join(rowColumns, ", ")

// rowValues are a row's values for rowColumns, appended to dst.
func rowValues(dst []any, r *ledger.Row) ([]any, error) {
	codes, err := encodeCodes(r.Codes)
	if err != nil {
		return nil, err
	}
	return append(dst,
		r.Position, ms(r.Received), r.Author.Kind, r.Author.ID, r.Author.Key, r.Origin, r.Batch, r.Standard, flag(r.History),
		r.Dataset, r.Key, r.Revision, r.Op, r.Occurred, text(r.Fields), blob(r.Sealed), blob(r.Seed), blob(r.Commitments), text(r.Salts),
		r.Leaf[:], r.Identity, r.Content, text(r.Problems), codes,
	), nil
}

// checkRow refuses texts that one of the databases would refuse or cut.
func checkRow(r *ledger.Row) error {
	for _, c := range [...]struct{ name, value string }{
		{"author_kind", r.Author.Kind},
		{"author_id", r.Author.ID},
		{"author_key", r.Author.Key},
		{"origin", r.Origin},
		{"standard", r.Standard},
		{"dataset", r.Dataset},
		{"key", r.Key},
		{"revision", r.Revision},
		{"op", r.Op},
		{"occurred", r.Occurred},
	} {
		if err := checkText("record "+c.name, c.value); err != nil {
			return fmt.Errorf("position %d: %w", r.Position, err)
		}
	}
	for _, c := range [...]struct {
		name  string
		value []byte
	}{{"fields", r.Fields}, {"salts", r.Salts}, {"problems", r.Problems}} {
		if err := checkBytes("record "+c.name, c.value); err != nil {
			return fmt.Errorf("position %d: %w", r.Position, err)
		}
	}
	for _, code := range r.Codes {
		if err := checkText("code", code); err != nil {
			return fmt.Errorf("position %d: %w", r.Position, err)
		}
	}
	if len(r.Identity) == 0 || len(r.Content) == 0 {
		return fmt.Errorf("position %d: a row needs its identity and its content", r.Position)
	}
	return nil
}

// checkText never quotes the value: it may be secret.
func checkText(what, s string) error {
	if i := strings.IndexByte(s, 0); i >= 0 {
		return fmt.Errorf("%s: zero byte at %d: %w", what, i, ErrText)
	}
	if !utf8.ValidString(s) {
		return fmt.Errorf("%s: not UTF-8: %w", what, ErrText)
	}
	return nil
}

func checkBytes(what string, b []byte) error {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return fmt.Errorf("%s: zero byte at %d: %w", what, i, ErrText)
	}
	if !utf8.Valid(b) {
		return fmt.Errorf("%s: not UTF-8: %w", what, ErrText)
	}
	return nil
}

func checkTexts(what string, texts ...string) error {
	for _, s := range texts {
		if err := checkText(what, s); err != nil {
			return err
		}
	}
	return nil
}

type scanner interface{ Scan(dest ...any) error }

func scanRow(s scanner) (*ledger.Row, error) {
	var (
		r                       ledger.Row
		received, history       int64
		leaf                    []byte
		fields, salts, problems sql.NullString
		codes                   sql.NullString
	)
	err := s.Scan(
		&r.Position, &received, &r.Author.Kind, &r.Author.ID, &r.Author.Key, &r.Origin, &r.Batch, &r.Standard, &history,
		&r.Dataset, &r.Key, &r.Revision, &r.Op, &r.Occurred, &fields, &r.Sealed, &r.Seed, &r.Commitments, &salts,
		&leaf, &r.Identity, &r.Content, &problems, &codes,
	)
	if err != nil {
		return nil, err
	}
	r.Received, r.History = instant(received), history != 0
	r.Fields, r.Salts, r.Problems = unText(fields), unText(salts), unText(problems)
	if copy(r.Leaf[:], leaf) != len(leaf) || len(leaf) != len(r.Leaf) {
		return nil, fmt.Errorf("position %d: the stored leaf has %d bytes, needed are %d", r.Position, len(leaf), len(r.Leaf))
	}
	if codes.Valid {
		if err := json.Unmarshal([]byte(codes.String), &r.Codes); err != nil {
			return nil, fmt.Errorf("position %d: stored codes: %w", r.Position, err)
		}
	}
	return &r, nil
}

// maxCode is the longest code, in bytes, that is indexed as it is: PostgreSQL
// has a limit of its own for what an index can hold.
const maxCode = 512

// shortCode is the name under which a code is indexed and claimed: itself, or
// for one that no standard allows, its beginning and its hash.
func shortCode(code string) string {
	if len(code) <= maxCode {
		return code
	}
	sum := sha256.Sum256([]byte(code))
	return strings.ToValidUTF8(code[:maxCode-2*len(sum)-1], "") + "#" + hex.EncodeToString(sum[:])
}

func encodeCodes(codes []string) (any, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	b, err := json.Marshal(codes)
	if err != nil {
		return nil, err
	}
	return string(b), nil
}

// ms is a time as it is kept; the zero time is 0.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// text and blob keep nothing as NULL, so that both databases and both of Go's
// kinds of nothing (nil and empty) read back as nil.
func text(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return string(b)
}

func blob(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

func unText(s sql.NullString) []byte {
	if !s.Valid || s.String == "" {
		return nil
	}
	return []byte(s.String)
}
