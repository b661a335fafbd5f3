package province

import (
	"sync"

	"mingjing/internal/standard"
)

// Halts are the dockets in which instructions have stopped the trade: what would
// happen in them next waits, and comes when one is resumed.
type Halts struct {
	mu   sync.Mutex
	held map[string][]Sending
}

// Halt stops a docket.
func (h *Halts) Halt(docket string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.held == nil {
		h.held = map[string][]Sending{}
	}
	h.held[docket] = append([]Sending{}, h.held[docket]...)
}

// Resume lets a docket go on, with what had waited.
func (h *Halts) Resume(docket string) []Sending {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := h.held[docket]
	delete(h.held, docket)
	return list
}

// Pass gives what may be sent, and keeps the rest.
func (h *Halts) Pass(list []Sending) []Sending {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []Sending
	for _, s := range list {
		id := standard.TenderCode(&s.Record)
		if kept, halted := h.held[id]; halted {
			h.held[id] = append(kept, s)
			continue
		}
		out = append(out, s)
	}
	return out
}
