package exchange

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/exchange/signature"
	"mingjing/internal/store"
)

// SourceStore keeps sources as JSON bodies by name. Implementation: *store.DB.
type SourceStore interface {
	// PutSource writes a source, durably, in place of the one of that name.
	PutSource(ctx context.Context, s store.SourceRow) error
	// SourceBodies returns all bodies, in any order.
	SourceBodies(ctx context.Context) ([][]byte, error)
}

// Registry is the register of sources, read from the store and remembered for
// a moment: a source that is paused stops within Keep on every node.
type Registry struct {
	Store SourceStore
	Clock func() time.Time
	Keep  time.Duration // default 2 s
	// Sandbox says whose register it is: a sandbox's takes sandbox keys and
	// platforms only, every other none.
	Sandbox bool

	mu     sync.Mutex
	read   time.Time
	byName map[string]*Source
	byKey  map[string]registered
}

type registered struct {
	source *Source
	key    *Key
	public signature.PublicKey
}

// Register checks a source against itself and against all others, and keeps
// it. It replaces the source of that name. The caller appends the act to the
// log as a record of data set "source".
func (g *Registry) Register(ctx context.Context, s Source) error {
	if err := s.Check(); err != nil {
		return err
	}
	if err := s.checkPlace(g.Sandbox); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.load(ctx); err != nil {
		return err
	}
	for name, other := range g.byName {
		if name == s.Name {
			continue
		}
		for _, p := range s.Platforms {
			if other.Owns(p) {
				return fmt.Errorf("source %s: platform code %s belongs to source %s; end it there first", s.Name, p, name)
			}
		}
	}
	keys := make([]string, len(s.Keys))
	for i, k := range s.Keys {
		keys[i] = k.ID
		if other, ok := g.byKey[k.ID]; ok && other.source.Name != s.Name {
			return fmt.Errorf("source %s: key id %s is in use by another source; choose another id", s.Name, k.ID)
		}
	}
	body, err := json.Marshal(s, json.Deterministic(true))
	if err != nil {
		return fmt.Errorf("source %s: %w", s.Name, err)
	}
	if err := g.Store.PutSource(ctx, store.SourceRow{Name: s.Name, Kind: s.Kind, Region: s.Region, State: string(s.State), Platforms: s.Platforms, Keys: keys, Body: body}); err != nil {
		return fmt.Errorf("source %s: %w", s.Name, err)
	}
	return g.load(ctx)
}

// Source returns the source of that name, ErrNoSource when there is none.
func (g *Registry) Source(ctx context.Context, name string) (*Source, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.fresh(ctx); err != nil {
		return nil, err
	}
	s := g.byName[name]
	if s == nil {
		return nil, fmt.Errorf("%w: %q", ErrNoSource, name)
	}
	return s, nil
}

// List returns all sources by name.
func (g *Registry) List(ctx context.Context) ([]*Source, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.fresh(ctx); err != nil {
		return nil, err
	}
	out := make([]*Source, 0, len(g.byName))
	for _, s := range g.byName {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b *Source) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// ByKey implements Sources.
func (g *Registry) ByKey(ctx context.Context, keyID string) (*Source, *Key, signature.PublicKey, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.fresh(ctx); err != nil {
		return nil, nil, signature.PublicKey{}, err
	}
	r, ok := g.byKey[keyID]
	if !ok || SandboxKey(keyID) != g.Sandbox { // whatever was written into the store past Register
		return nil, nil, signature.PublicKey{}, nil
	}
	return r.source, r.key, r.public, nil
}

// fresh reads the store again when what is remembered is too old.
func (g *Registry) fresh(ctx context.Context) error {
	keep := g.Keep
	if keep == 0 {
		keep = 2 * time.Second
	}
	if now := g.Clock(); !g.read.IsZero() && now.Sub(g.read).Abs() < keep {
		return nil
	}
	return g.load(ctx)
}

func (g *Registry) load(ctx context.Context) error {
	bodies, err := g.Store.SourceBodies(ctx)
	if err != nil {
		return fmt.Errorf("read the sources: %w", err)
	}
	byName, byKey := map[string]*Source{}, map[string]registered{}
	for _, body := range bodies {
		s := new(Source)
		if err := json.Unmarshal(body, s); err != nil {
			return fmt.Errorf("read the sources: %w", err)
		}
		byName[s.Name] = s
		for i := range s.Keys {
			k := &s.Keys[i]
			public, err := signature.ParsePublicKey(k.Algorithm, k.PublicPEM)
			if err != nil {
				return fmt.Errorf("read the sources: source %s: key %s: %w", s.Name, k.ID, err)
			}
			byKey[k.ID] = registered{s, k, public}
		}
	}
	g.byName, g.byKey, g.read = byName, byKey, g.Clock()
	return nil
}
