package exchange

import (
	"context"

	"mingjing/internal/ledger"
)

// LogReceipts reads receipts from the log: the row says whose record it is, the
// ledger proves it.
type LogReceipts struct {
	Log interface {
		// Receipt gives the receipt with its proof, or without one while no
		// published checkpoint covers the record.
		Receipt(ctx context.Context, position int64) (ledger.Receipt, error)
	}
	Rows interface {
		// RowsAt leaves out positions that have no row.
		RowsAt(ctx context.Context, positions []int64) ([]*ledger.Row, error)
	}
}

// Receipt implements Receipts.
func (l LogReceipts) Receipt(ctx context.Context, position int64) (ledger.Receipt, ledger.Author, error) {
	rows, err := l.Rows.RowsAt(ctx, []int64{position})
	if err != nil {
		return ledger.Receipt{}, ledger.Author{}, err
	}
	if len(rows) == 0 {
		return ledger.Receipt{}, ledger.Author{}, ErrNoReceipt
	}
	r, err := l.Log.Receipt(ctx, position)
	if err == nil && r.Checkpoint == "" {
		err = ledger.ErrNotYet
	}
	return r, rows[0].Author, err
}

// retryReceipt is what a client that asks for a proof too early is told to wait,
// in seconds. Public checkpoints come each 10 minutes by default, in the demo
// each second; asking more often costs little and shows nothing.
const retryReceipt = 5
