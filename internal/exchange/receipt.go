package exchange

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"mingjing/internal/ledger"
)

// ErrNoReceipt means that the log has no record at the position.
var ErrNoReceipt = errors.New("no record at this position")

// Receipts proves what stands in the log.
type Receipts interface {
	// Receipt returns the receipt of the record at a position with its inclusion
	// proof and the checkpoint that the proof fits, and the record's author.
	// ErrNoReceipt when there is no such record; ledger.ErrNotYet when it is
	// not yet under a published checkpoint.
	Receipt(ctx context.Context, position int64) (ledger.Receipt, ledger.Author, error)
}

// Pending answers for a receipt whose proof is not published yet.
type Pending struct {
	RequestID string `json:"request_id"`
	State     string `json:"state" enum:"pending" doc:"The record is durable; the next checkpoint will cover it"`
	Position  int64  `json:"position"`
}

// receipt serves one receipt with its proof, to the source that owns it only.
func (d *door) receipt(c *call) *fault {
	src, f := d.asker(c)
	if f != nil {
		return f
	}
	position, err := strconv.ParseInt(c.PathValue("position"), 10, 64)
	if err != nil || position < 0 {
		return &fault{rule: ruleNoReceipt, field: "position"}
	}
	r, author, err := d.Receipts.Receipt(c.Context(), position)
	switch {
	case errors.Is(err, ErrNoReceipt):
		return &fault{rule: ruleNoReceipt, field: "position"}
	case err != nil && !errors.Is(err, ledger.ErrNotYet):
		return &fault{rule: ruleStoreDown, internal: err}
	case author.Kind != "source" || author.ID != src.Name:
		// Another's record and no record read the same.
		return &fault{rule: ruleNoReceipt, field: "position"}
	case err != nil:
		wait := retryReceipt
		var early *ledger.NotYetError
		if errors.As(err, &early) {
			wait = int(early.RetryAfter.Seconds())
		}
		c.w.Header().Set("Retry-After", strconv.Itoa(max(wait, 1)))
		c.answer(http.StatusAccepted, "application/json", Pending{RequestID: c.id, State: "pending", Position: position})
	default:
		c.answer(http.StatusOK, "application/json", r)
	}
	return nil
}
