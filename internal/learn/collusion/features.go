package collusion

import (
	"math"

	"mingjing/internal/screen"
)

// A Set is what a model may look at.
type Set string

// The two sets that are reported. Neither holds a date, a tender's number, the
// size of prices or a bidder: they cannot leak.
const (
	Own      Set = "own screens"        // number of bids, screens, shape of the sorted prices
	Position Set = "screens + position" // also where the winner stands among them
)

// features are what a set sees of a tender.
func features(t *Tender, set Set) []float64 {
	x := screen.Features(t.Bids)
	if set == Position {
		if t.Winners {
			return append(x, screen.Position(t.Bids, t.Winner)...)
		}
		for range screen.PositionNames {
			x = append(x, math.NaN())
		}
	}
	return x
}
