package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"mingjing/internal/ledger"
	"mingjing/internal/standard"
)

// Quarantine keeps the bytes of what was refused, for a person to look at. The
// bytes may hold secrets in any field: implementations encrypt them, and key
// their id.
type Quarantine interface {
	// Keep stores the entries durably. An entry kept again changes nothing.
	Keep(ctx context.Context, entries []Quarantined) error
}

// Quarantined is one refused record, or one batch that could not be read.
type Quarantined struct {
	ID       string    // hex SHA-256 of source and bytes: the same refusal has the same id
	Source   string    // registered name
	Key      string    // id of the key that signed
	Received time.Time // our clock
	Rule     string    // first rule that refused it
	Body     []byte    // the bytes, in the clear: encrypt before storing
}

// keep puts refused bytes away; none is no work.
func (in *Intake) keep(ctx context.Context, refused []Quarantined) error {
	if len(refused) == 0 || in.Quarantine == nil {
		return nil
	}
	if err := in.Quarantine.Keep(ctx, refused); err != nil {
		return fmt.Errorf("keep %d refused records in quarantine: %w", len(refused), err)
	}
	return nil
}

func quarantined(src *Source, ev *ledger.Evidence, now time.Time, raw []byte, ps []RecordProblem) Quarantined {
	q := Quarantined{Source: src.Name, Received: now, Body: raw}
	for i := range ps {
		if ps[i].Severity == standard.Refuse {
			q.Rule = ps[i].Rule
			break
		}
	}
	if ev != nil {
		q.Key = ev.KeyID
	}
	h := sha256.New()
	h.Write([]byte(src.Name))
	h.Write([]byte{0})
	h.Write(raw)
	q.ID = hex.EncodeToString(h.Sum(nil))
	return q
}
