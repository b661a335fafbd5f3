package refold

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"mingjing/internal/detect"
)

// Silence knows when each source last spoke, so that what its silence would
// make lack says nothing.
type Silence struct {
	Store interface {
		LastWords(ctx context.Context) (map[string]time.Time, error)
		LastCounted(ctx context.Context, platforms []string) (map[string]time.Time, error)
		WakeOrigin(ctx context.Context, origin string, at time.Time) error
	}
	Log *slog.Logger

	mu     sync.Mutex
	looked time.Time // by the wall clock
	last   map[string]time.Time
}

// Since says since when the source of a platform code has been silent at a
// moment; false: it is not, or nothing is known of it.
func (s *Silence) Since(origin string, at time.Time) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last, ok := s.last[origin]
	return last, ok && !last.IsZero() && at.Sub(last) > detect.SilentAfter
}

// Look reads when sources last spoke, and makes due the dockets of those that
// spoke again.
func (s *Silence) Look(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.looked) < rulesKept {
		return nil
	}
	words, err := s.words(ctx)
	if err != nil {
		return err
	}
	before := s.last
	s.last, s.looked = words, time.Now()
	for origin, last := range words {
		if old, ok := before[origin]; ok && !old.IsZero() && last.Sub(old) > detect.SilentAfter {
			s.Log.Info("a silent source speaks again", "platform", origin, "silent since", old)
			if err := s.Store.WakeOrigin(ctx, origin, time.UnixMilli(1)); err != nil {
				s.last[origin] = old // once more, the next time
				return err
			}
		}
	}
	return nil
}

// words are when sources last spoke. Requests are kept for some time only: what
// is older is told by the day of the last record, which is asked for once.
func (s *Silence) words(ctx context.Context) (map[string]time.Time, error) {
	words, err := s.Store.LastWords(ctx)
	if err != nil {
		return nil, err
	}
	var older []string
	for origin, at := range words {
		if !at.IsZero() {
			continue
		}
		if old, ok := s.last[origin]; ok {
			words[origin] = old
		} else {
			older = append(older, origin)
		}
	}
	if len(older) > 0 {
		counted, err := s.Store.LastCounted(ctx, older)
		if err != nil {
			return nil, err
		}
		for _, origin := range older {
			words[origin] = counted[origin] // zero: it never spoke
		}
	}
	return words, nil
}
