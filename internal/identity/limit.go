package identity

import (
	"fmt"
	"math"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits bound how many attempts to sign in one process looks at.
type Limits struct {
	PerMinute, Burst  int // from one address
	Names, NamesBurst int // under one name, by the minute too
}

// TooMany means that attempts come faster than they are looked at.
type TooMany struct{ After time.Duration } // until the next one is

// Error implements error.
func (e *TooMany) Error() string {
	return fmt.Sprintf("identity: too many attempts; the next one in %s", e.After)
}

// maxLimited bounds how many addresses and names are remembered. When there are
// more, those are forgotten first that would be let through anyway.
const maxLimited = 20000

// A limiter holds a bucket for each address and each name, whether or not
// anybody is called so.
type limiter struct {
	limits Limits
	mu     sync.Mutex
	of     map[string]*rate.Limiter
}

func newLimiter(l Limits) *limiter { return &limiter{limits: l, of: map[string]*rate.Limiter{}} }

// take lets an attempt through or says when the next one is. An attempt that is
// not let through costs nothing.
func (l *limiter) take(ip, name string, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	address := l.bucket("ip "+network(ip), l.limits.PerMinute, l.limits.Burst, now)
	named := l.bucket("name "+name, l.limits.Names, l.limits.NamesBurst, now)
	var wait float64
	for _, b := range []*rate.Limiter{address, named} {
		if b != nil {
			wait = max(wait, (1-b.TokensAt(now))/float64(b.Limit()))
		}
	}
	if wait > 0 {
		return &TooMany{time.Duration(math.Ceil(wait)) * time.Second}
	}
	for _, b := range []*rate.Limiter{address, named} {
		if b != nil {
			b.AllowN(now, 1)
		}
	}
	return nil
}

// bucket is nil where nothing is bounded.
func (l *limiter) bucket(key string, perMinute, burst int, now time.Time) *rate.Limiter {
	if perMinute <= 0 {
		return nil
	}
	b := l.of[key]
	if b == nil {
		if len(l.of) >= maxLimited {
			l.forget(now)
		}
		b = rate.NewLimiter(rate.Limit(float64(perMinute)/60), max(burst, 1))
		l.of[key] = b
	}
	return b
}

// forget drops full buckets; if that frees too little, all that would let one
// through, and at last everything: the bars of the store remain.
func (l *limiter) forget(now time.Time) {
	for _, keep := range []func(*rate.Limiter) bool{
		func(b *rate.Limiter) bool { return b.TokensAt(now) < float64(b.Burst()) },
		func(b *rate.Limiter) bool { return b.TokensAt(now) < 1 },
		func(*rate.Limiter) bool { return false },
	} {
		for key, b := range l.of {
			if !keep(b) {
				delete(l.of, key)
			}
		}
		if len(l.of) < maxLimited*9/10 {
			return
		}
	}
}

// network is what one customer of a provider has: an IPv4 address, or the /64
// of an IPv6 one.
func network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a.String()
	}
	return p.String()
}
