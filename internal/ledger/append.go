package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"mingjing/internal/standard"
)

// Options of a Ledger.
type Options struct {
	Name   string           // origin line of the log, names the shard
	Signer note.Signer      // signs checkpoints; nil leaves Publish to others
	Clock  func() time.Time // our clock; nil means time.Now
	Rand   io.Reader        // source of seeds; nil means crypto/rand
	Dir    string           // folder outside the database where checkpoints are kept; "" keeps none
}

// maxGroup is how many records one transaction takes at most, unless a single
// submission brings more.
const maxGroup = 500

// ErrClosed answers an Append after Close.
var ErrClosed = errors.New("ledger is closed")

// A Ledger appends to one log. Its methods may be called from many goroutines;
// other processes may append to the same store at the same time.
type Ledger struct {
	store Store
	keys  *Keyring
	opt   Options
	rand  *lockedReader

	queue   chan *request
	closing chan struct{}
	stopped chan struct{}
	stop    context.CancelFunc // cancels a commit under way when Close is forced
	once    sync.Once

	// commit is held while a group is committed or a key destroyed, so that no
	// record is committed under a key that is being destroyed.
	commit sync.Mutex

	mu       sync.Mutex    // guards what follows
	edge     *edge         // as of the last commit known; nil after an error, then reloaded
	head     Head          // belongs to edge
	received time.Time     // of the last record
	erasing  map[int64]int // erasures begun and not done, by position of the record
	watched  int64         // every erasure record below this position has had its effect

	publication // what the proof side keeps: checkpoint.go
}

// Open opens the log in store. It refuses a keyring that is new while the store
// is not, a keyring of another log, a tree whose tiles do not give its root,
// and a tree that is smaller than or different from the last checkpoint kept in
// opt.Dir. Erasures that a crash cut short are finished.
func Open(ctx context.Context, store Store, keys *Keyring, opt Options) (*Ledger, error) {
	if opt.Clock == nil {
		opt.Clock = time.Now
	}
	if opt.Rand == nil {
		opt.Rand = rand.Reader
	}
	l := &Ledger{
		store: store, keys: keys, opt: opt, rand: &lockedReader{r: opt.Rand},
		queue: make(chan *request, 64), closing: make(chan struct{}), stopped: make(chan struct{}),
		erasing: map[int64]int{},
	}
	head, err := store.Head(ctx)
	if err != nil {
		return nil, err
	}
	if err := l.checkKeyring(ctx, head); err != nil {
		return nil, err
	}
	if err := l.reload(ctx, head, l.tileSource(ctx)); err != nil {
		return nil, err
	}
	if err := l.checkKept(ctx, head); err != nil {
		return nil, err
	}
	if err := l.finishErasures(ctx); err != nil {
		return nil, err
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop
	go l.run(run)
	return l, nil
}

// Close commits what is waiting, answers it and stops. Appends that come later
// get ErrClosed. The keyring stays open: it is the caller's.
func (l *Ledger) Close() error {
	l.once.Do(func() { close(l.closing) })
	<-l.stopped
	l.stop()
	return nil
}

// checkKeyring makes a new keyring durable for an empty store and sees to it
// that the keyring of a store that holds records is theirs.
func (l *Ledger) checkKeyring(ctx context.Context, head Head) error {
	if head.Size == 0 {
		return l.keys.Create()
	}
	if l.keys.Fresh() {
		return fmt.Errorf("%w: %s is missing, but the log holds %d records; restore it from its backup: a new one could never open what is sealed", ErrKeyring, l.keys.dir, head.Size)
	}
	// The newest row shows by its identity or by its key ids whose it is.
	row, err := l.rowAt(ctx, head.Size-1)
	if err != nil {
		return err
	}
	if !row.whole() {
		if string(row.Identity) != string(l.keys.identity(row.Origin, row.Dataset, row.Key)) {
			return fmt.Errorf("%w: %s belongs to another log: it does not give the identity of record %d; put back the keyring of this log", ErrKeyring, l.keys.dir, row.Position)
		}
		return nil
	}
	parts, err := decodeParts(row.Sealed)
	if err != nil {
		return fmt.Errorf("record %d: column sealed: %w", row.Position, err)
	}
	for _, p := range parts {
		if _, _, err := l.keys.all(p.box.ids); err != nil {
			return err
		}
	}
	return nil
}

func (l *Ledger) rowAt(ctx context.Context, position int64) (*Row, error) {
	rows, err := l.store.RowsAt(ctx, []int64{position})
	if err != nil {
		return nil, err
	}
	if len(rows) != 1 || rows[0].Position != position {
		return nil, fmt.Errorf("record %d is missing from the store; restore it from its backup", position)
	}
	return rows[0], nil
}

func (l *Ledger) tileSource(ctx context.Context) tileSource {
	return func(level int, index int64) (*Tile, error) { return l.store.Tile(ctx, level, index) }
}

// reload takes head as the log's head, with the edge that the tiles give. The
// tree must hold the tree that was known before as its beginning.
func (l *Ledger) reload(ctx context.Context, head Head, tiles tileSource) error {
	e, err := loadEdge(head.Size, tiles)
	if err != nil {
		return err
	}
	if head.Size > 0 && e.root() != head.Root {
		return fmt.Errorf("%w: the tiles of the log give the root %x, its head row says %x; restore the store from its backup", ErrDiffers, e.root(), head.Root)
	}
	var received time.Time
	if head.Size > 0 {
		row, err := l.rowAt(ctx, head.Size-1)
		if err != nil {
			return err
		}
		received = row.Received
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.extends(head, tiles); err != nil {
		return err
	}
	l.edge, l.head = e, head
	if received.After(l.received) {
		l.received = received
	}
	return nil
}

// ErrDiffers says that the tree in the store is smaller than, or different
// from, one that was already acknowledged or published.
var ErrDiffers = errors.New("the log in the store is not the one that was acknowledged")

// extends checks that head's tree begins with the tree last known here.
func (l *Ledger) extends(head Head, tiles tileSource) error {
	was := l.head
	if head.Size < was.Size {
		return fmt.Errorf("%w: it holds %d records, %d were committed; nothing is appended. Restore the store, or begin a new shard that names this one's last checkpoint", ErrDiffers, head.Size, was.Size)
	}
	if was.Size == 0 {
		return nil
	}
	root, err := tlog.TreeHash(was.Size, hashReader(tiles))
	if err != nil {
		return err
	}
	if Hash(root) != was.Root {
		return fmt.Errorf("%w: its first %d records have another root than was committed; nothing is appended. Restore the store, or begin a new shard that names this one's last checkpoint", ErrDiffers, was.Size)
	}
	return nil
}

// Append takes in one submission and answers, draft by draft, in their order,
// after all of it is durable. On an error nothing was answered: some of it may
// be stored, and sending it again is safe, for what is stored then comes back
// as a duplicate with the first receipt.
func (l *Ledger) Append(ctx context.Context, s Submission) ([]Outcome, error) {
	if len(s.Drafts) == 0 {
		return nil, nil
	}
	r, err := l.prepare(ctx, &s)
	if err != nil {
		return nil, err
	}
	select {
	case <-l.closing:
		return nil, ErrClosed
	default:
	}
	select {
	case l.queue <- r:
	case <-l.closing:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case <-r.done:
		return r.outcomes, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-l.stopped:
		// The committer may have answered as its last act.
		select {
		case <-r.done:
			return r.outcomes, r.err
		default:
			return nil, ErrClosed
		}
	}
}

// Token returns the opaque name, in hex, under which the rows wholly sealed for
// a vault are found; their code is SealedCode(token).
func (l *Ledger) Token(v standard.Vault, s standard.Seal) string { return l.keys.token(v, s) }

// Name returns the origin line of the log.
func (l *Ledger) Name() string { return l.opt.Name }

// Size returns how many records the log held at the last commit known here.
func (l *Ledger) Size() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.head.Size
}

// lockedReader lets goroutines share a source of randomness.
type lockedReader struct {
	mu sync.Mutex
	r  io.Reader
}

func (r *lockedReader) seed() (s [32]byte, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, err = io.ReadFull(r.r, s[:])
	return s, err
}
