package exchange

import (
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limiters hold one token bucket a source. A source's own limit goes before
// the door's default, and takes effect with its next request.
type limiters struct {
	fallback RateLimit
	mu       sync.Mutex
	of       map[string]*rate.Limiter
}

// wait takes one token; when there is none it returns the seconds after which
// there will be.
func (l *limiters) wait(src *Source, now time.Time) (seconds int, limited bool) {
	want := src.RateLimit
	if want.PerSecond == 0 {
		want.PerSecond = l.fallback.PerSecond
	}
	if want.Burst == 0 {
		want.Burst = max(l.fallback.Burst, 1)
	}
	l.mu.Lock()
	lim := l.of[src.Name]
	if lim == nil {
		lim = rate.NewLimiter(rate.Limit(want.PerSecond), want.Burst)
		l.of[src.Name] = lim
	}
	l.mu.Unlock()
	if lim.Limit() != rate.Limit(want.PerSecond) {
		lim.SetLimitAt(now, rate.Limit(want.PerSecond))
	}
	if lim.Burst() != want.Burst {
		lim.SetBurstAt(now, want.Burst)
	}
	if lim.AllowN(now, 1) {
		return 0, false
	}
	missing := 1 - lim.TokensAt(now)
	return max(1, int(math.Ceil(missing/want.PerSecond))), true
}
