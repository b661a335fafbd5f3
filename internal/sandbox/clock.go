package sandbox

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// MaxFactor is the fastest clock: a legal day in a tenth of a second is no use
// to anybody.
const MaxFactor = 864_000

// latest is the last moment of a sandbox's clock. Records name years of four
// digits; long before, the calendar of working days is not known any more.
var latest = time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)

// An Anchor says how a sandbox's clock runs: at the real moment Real it showed
// Shown, and since then it runs Factor times as fast as the real one. It is
// kept, so that the clock goes on through a restart and never back.
type Anchor struct {
	Real   time.Time `json:"real"`
	Shown  time.Time `json:"shown"`
	Factor float64   `json:"factor"` // 1440: a legal day is a real minute
}

// Check refuses a factor that is no acceleration, or faster than MaxFactor.
func (a Anchor) Check() error {
	if math.IsNaN(a.Factor) || a.Factor < 1 || a.Factor > MaxFactor {
		return fmt.Errorf("sandbox: 加速倍数须在 1 与 %d 之间 the factor %v is not between 1 and %d: 1440 makes a legal day a minute", MaxFactor, a.Factor, MaxFactor)
	}
	if a.Real.IsZero() || a.Shown.IsZero() {
		return errors.New("sandbox: the clock has no beginning: remove the data folder and begin anew")
	}
	return nil
}

// At gives what the clock shows at a real moment. It stands still before its
// beginning and at the end of its time.
func (a Anchor) At(real time.Time) time.Time {
	passed := float64(max(real.Sub(a.Real), 0)) * a.Factor
	if left := float64(latest.Unix()-a.Shown.Unix()) * 1e9; passed >= left {
		return latest
	}
	// Whole seconds apart: a Duration of nanoseconds ends after 292 years.
	seconds := math.Floor(passed / 1e9)
	return time.Unix(a.Shown.Unix()+int64(seconds), int64(a.Shown.Nanosecond())+int64(passed-seconds*1e9)).UTC()
}

// Faster returns a clock that goes on from what this one shows at a real
// moment, with another factor.
func (a Anchor) Faster(real time.Time, factor float64) Anchor {
	return Anchor{Real: real, Shown: a.At(real), Factor: factor}
}

// Takes is how long a span of the sandbox's clock takes in real time.
func (a Anchor) Takes(d time.Duration) time.Duration { return time.Duration(float64(d) / a.Factor) }
