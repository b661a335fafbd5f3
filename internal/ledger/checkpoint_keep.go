package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// Kept checkpoints stand in DIR/checkpoints, outside the database: a file a day
// (2026-11-23.notes), appended to and synced before a checkpoint is shown to
// anybody. Each is a block:
//
//	checkpoint <number from 1> <time, RFC 3339> <signed|public> <bytes> <sha256 hex>
//	<signed note>
//	<empty line>
//
// "signed" was sent to witnesses, "public" was shown to everybody.
const keptSuffix = ".notes"

// A Kept is one checkpoint as it was kept.
type Kept struct {
	Number     int64
	At         time.Time
	Public     bool // shown to everybody, not only to witnesses
	Note       []byte
	Checkpoint Checkpoint // what Note says; its signature is not checked yet
}

// ErrKept is wrapped by errors about kept checkpoints that cannot be read.
var ErrKept = errors.New("kept checkpoints are damaged")

func keptDir(dir string) string { return filepath.Join(dir, "checkpoints") }

func keptFiles(dir string) ([]string, error) {
	names, err := filepath.Glob(filepath.Join(keptDir(dir), "*"+keptSuffix))
	slices.Sort(names)
	return names, err
}

// ReadKept calls fn for every kept checkpoint under data directory dir, oldest
// first, and checks that none is missing between them. A block that was cut
// off by a crash at the very end was never shown and is left out; anything else
// that does not read is an error wrapping ErrKept.
func ReadKept(dir string, fn func(Kept) error) error {
	files, err := keptFiles(dir)
	if err != nil {
		return err
	}
	var number int64
	for i, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		_, err = eachKept(name, raw, i == len(files)-1, func(k Kept) error {
			if number++; k.Number != number {
				return fmt.Errorf("%w: %s: checkpoint %d follows %d: blocks were dropped or moved; restore the folder from its backup", ErrKept, name, k.Number, number-1)
			}
			return fn(k)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// lastKept returns the newest kept checkpoint, nil when there is none; with
// public set, the newest that was shown to everybody.
func lastKept(dir string, public bool) (*Kept, error) {
	files, err := keptFiles(dir)
	if err != nil {
		return nil, err
	}
	for i, name := range slices.Backward(files) {
		raw, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var last *Kept
		if _, err := eachKept(name, raw, i == len(files)-1, func(k Kept) error {
			if k.Public || !public {
				last = &k
			}
			return nil
		}); err != nil {
			return nil, err
		}
		if last != nil {
			return last, nil
		}
	}
	return nil, nil
}

// eachKept parses the blocks of one file and returns how many bytes of it are
// whole blocks. Only the last file may end in a torn one.
func eachKept(name string, raw []byte, lastFile bool, fn func(Kept) error) (whole int, err error) {
	for at := 0; at < len(raw); {
		k, n, err := parseKept(raw[at:])
		if err != nil {
			if lastFile && torn(raw[at:]) {
				return at, nil
			}
			return at, fmt.Errorf("%w: %s at byte %d: %v; restore the file from its backup", ErrKept, name, at, err)
		}
		if err := fn(k); err != nil {
			return at, err
		}
		at += n
	}
	return len(raw), nil
}

var errShortBlock = errors.New("the block is cut off")

func parseKept(b []byte) (k Kept, n int, err error) {
	line, rest, ok := bytes.Cut(b, []byte("\n"))
	if !ok {
		return k, 0, errShortBlock
	}
	f := strings.Split(string(line), " ")
	if len(f) != 6 || f[0] != "checkpoint" || (f[3] != "signed" && f[3] != "public") {
		return k, 0, fmt.Errorf("%.80q is not the first line of a kept checkpoint", line)
	}
	if k.Number, err = strconv.ParseInt(f[1], 10, 64); err != nil {
		return k, 0, err
	}
	if k.At, err = time.Parse(time.RFC3339Nano, f[2]); err != nil {
		return k, 0, err
	}
	k.Public = f[3] == "public"
	size, err := strconv.Atoi(f[4])
	if err != nil || size < 0 || size > 1<<20 {
		return k, 0, fmt.Errorf("length %.20q is not right", f[4])
	}
	if len(rest) < size+1 {
		return k, 0, errShortBlock
	}
	k.Note = bytes.Clone(rest[:size])
	if sum := sha256.Sum256(k.Note); hex.EncodeToString(sum[:]) != f[5] || rest[size] != '\n' {
		return k, 0, errors.New("its digest does not match: the file was altered")
	}
	k.Checkpoint, err = ParseCheckpoint(k.Note)
	return k, len(line) + 1 + size + 1, err
}

// torn tells whether the rest of a file is a write that a crash cut off: short,
// or with the zero bytes that file systems leave for data never written.
func torn(rest []byte) bool {
	_, _, err := parseKept(rest)
	return errors.Is(err, errShortBlock) || bytes.IndexByte(rest, 0) >= 0
}

func (k *Kept) encode() []byte {
	kind := "signed"
	if k.Public {
		kind = "public"
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "checkpoint %d %s %s %d %x\n", k.Number, ReceivedText(k.At), kind, len(k.Note), sha256.Sum256(k.Note))
	b.Write(k.Note)
	b.WriteByte('\n')
	return b.Bytes()
}

// A keeper appends to the kept checkpoints.
type keeper struct {
	dir  string
	last *Kept
	file string // the file it wrote last
	size int64  // bytes of it; another size means that somebody else writes too
}

// openKeeper reads the newest kept checkpoint and cuts off a torn end.
func openKeeper(dir string) (*keeper, error) {
	k := &keeper{dir: dir}
	if err := os.MkdirAll(keptDir(dir), 0o700); err != nil {
		return nil, err
	}
	files, err := keptFiles(dir)
	if err != nil {
		return nil, err
	}
	if len(files) > 0 {
		k.file = files[len(files)-1]
		raw, err := os.ReadFile(k.file)
		if err != nil {
			return nil, err
		}
		whole, err := eachKept(k.file, raw, true, func(Kept) error { return nil })
		if err != nil {
			return nil, err
		}
		if whole < len(raw) {
			if err := os.Truncate(k.file, int64(whole)); err != nil {
				return nil, err
			}
		}
		k.size = int64(whole)
	}
	k.last, err = lastKept(dir, false)
	return k, err
}

// ErrTwoPublishers says that another process signs checkpoints of this log.
var ErrTwoPublishers = errors.New("another process keeps checkpoints in this folder: only one may sign; stop one of them")

// keep makes a checkpoint durable. Only then may it be shown.
func (k *keeper) keep(at time.Time, public bool, signed []byte) error {
	c, err := ParseCheckpoint(signed)
	if err != nil {
		return err
	}
	next := Kept{Number: 1, At: at, Public: public, Note: signed, Checkpoint: c}
	if k.last != nil {
		next.Number = k.last.Number + 1
		if c.Size < k.last.Checkpoint.Size {
			return shrunk(k.last, c.Size)
		}
	}
	name := filepath.Join(keptDir(k.dir), at.UTC().Format("2006-01-02")+keptSuffix)
	if name < k.file {
		name = k.file // the clock went back over midnight: order of blocks matters more than names
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if name == k.file {
			return fmt.Errorf("%w: %s has gone", ErrKept, name)
		}
	case err != nil:
		return err
	case name != k.file || info.Size() != k.size:
		return fmt.Errorf("%w (%s)", ErrTwoPublishers, name)
	}
	if err := appendDurable(name, next.encode()); err != nil {
		return fmt.Errorf("keep checkpoint of size %d: %w", c.Size, err)
	}
	if name != k.file {
		if err := syncDir(keptDir(k.dir)); err != nil {
			return err
		}
		k.file, k.size = name, 0
	}
	k.size += int64(len(next.encode()))
	if k.last == nil {
		if err := writeOnce(filepath.Join(k.dir, keptOnce), []byte("checkpoints of this log are kept in the folder checkpoints\n")); err != nil {
			return err
		}
	}
	k.last = &next
	return nil
}

// appendDurable appends b to a file and syncs it; after a failure it cuts the
// file back, so that a half-written block is never followed by another.
func appendDurable(name string, b []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if _, err = f.Write(b); err == nil {
		err = f.Sync()
	}
	if err != nil {
		_ = f.Truncate(info.Size())
		return err
	}
	return nil
}

// ErrShrunk says that the log is smaller than, or different from, a checkpoint
// that was shown: history was lost or rewritten. Nothing may be appended.
var ErrShrunk = errors.New("the log is not the one that its kept checkpoints prove")

const shrunkMend = "append nothing: restore the database from a backup that holds all of it, or, when there is none, begin a new shard (new data directory, new log name) with a succession record that names this checkpoint"

func shrunk(last *Kept, size int64) error {
	return fmt.Errorf("%w: it has %d records, but checkpoint %d of %s proves %d; %s",
		ErrShrunk, size, last.Number, ReceivedText(last.At), last.Checkpoint.Size, shrunkMend)
}

// CheckKept compares the stored tree with the newest checkpoint kept under data
// directory dir. The error wraps ErrShrunk when the tree is smaller or its
// first leaves are other ones, and says what to do. When v is not nil the kept
// checkpoint's signature is verified too.
func CheckKept(ctx context.Context, store Store, dir string, v note.Verifier) error {
	last, err := lastKept(dir, false)
	if err != nil || last == nil {
		return err
	}
	return checkAgainst(ctx, store, last, v)
}

// checkKept is CheckKept with the public key that stands beside the checkpoints.
func checkKept(ctx context.Context, store Store, dir string) error {
	vkey, err := LogVKey(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return CheckKept(ctx, store, dir, nil)
	}
	if err != nil {
		return err
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(dir, logVKeyFile), err)
	}
	return CheckKept(ctx, store, dir, v)
}

func checkAgainst(ctx context.Context, store Store, last *Kept, v note.Verifier) error {
	if v != nil {
		if _, err := OpenCheckpoint(last.Note, v); err != nil {
			return fmt.Errorf("kept checkpoint %d: %w", last.Number, err)
		}
	}
	head, err := store.Head(ctx)
	if err != nil {
		return err
	}
	c := last.Checkpoint
	if head.Size < c.Size {
		return shrunk(last, head.Size)
	}
	root, err := rootOfTiles(ctx, store, c.Size)
	if errors.Is(err, ErrTiles) {
		return fmt.Errorf("%w: %v; %s", ErrShrunk, err, shrunkMend)
	}
	if err != nil {
		return err
	}
	if root != c.Root {
		return fmt.Errorf("%w: its first %d records have root %x, but checkpoint %d of %s proves root %x; %s",
			ErrShrunk, c.Size, root[:8], last.Number, ReceivedText(last.At), c.Root[:8], shrunkMend)
	}
	return nil
}
