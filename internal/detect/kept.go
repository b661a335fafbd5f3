package detect

import (
	"slices"
	"sync"

	"mingjing/internal/trade"
)

// kept holds what Settings.For has answered. It is a memory, not a state: what
// it holds follows from the settings alone.
type kept struct {
	mu sync.RWMutex
	of map[asked]*effective
}

// asked is all that an answer of Settings.For depends on: the day by the number
// of edges up to it.
type asked struct {
	indicator, class, region string
	foreign                  bool
	edge                     int
}

// mostKept bounds the memory: regions and classes come from records, and
// anybody may write nonsense there.
const mostKept = 1 << 15

func newKept() *kept { return &kept{of: map[asked]*effective{}} }

func (k *kept) get(key asked) (*effective, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	e, ok := k.of[key]
	return e, ok
}

func (k *kept) put(key asked, e *effective) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.of) >= mostKept {
		clear(k.of)
	}
	k.of[key] = e
}

// edgesOf are the days on which lines begin or cease to hold, or regions
// change, sorted.
func edgesOf(lines []Setting) []trade.Day {
	edges := trade.Regions().Edges()
	for _, l := range lines {
		if l.Since != nil {
			edges = append(edges, *l.Since)
		}
		if l.Until != nil {
			edges = append(edges, *l.Until+1)
		}
	}
	slices.Sort(edges)
	return slices.Compact(edges)
}
