package ledger

import (
	"context"
	"errors"
	"testing"
	"time"
)

// A read-back that is cut short accuses nobody: only what was read and does not
// fit is ErrReadBack.
func TestReadBackStopped(t *testing.T) {
	store := newMemStore()
	l := openTest(t, store, t.TempDir())
	mustAppend(t, l, Submission{Author: Author{Kind: "system", ID: "mingjing"}, Drafts: []Draft{{Record: record25()}}})
	head, err := store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, _, err := readBack(stopped, store, &edge{}, head, time.Time{}); !errors.Is(err, context.Canceled) || errors.Is(err, ErrReadBack) {
		t.Errorf("stopped: %v", err)
	}
	if _, _, err := readBack(t.Context(), store, &edge{}, head, time.Time{}); err != nil {
		t.Error(err)
	}
	head.Root[0] ^= 1
	if _, _, err := readBack(t.Context(), store, &edge{}, head, time.Time{}); !errors.Is(err, ErrReadBack) {
		t.Errorf("another root: %v", err)
	}
}
