package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mingjing/internal/store"
)

func testFiles(t *testing.T, db *store.DB) {
	ctx := t.Context()
	f := store.FileRow{
		ID: "f1", Source: "a", Name: "n", Size: 10, State: store.FileReceiving, Created: day, Expires: day.Add(time.Hour),
		Meta: []byte{0, 255}, Progress: []byte{1}, Position: -1,
	}
	must(t, db.AddFile(ctx, f, 2, 20))
	got, err := db.File(ctx, "f1")
	must(t, err)
	want(t, "a new upload", got, &f)
	got, err = db.File(ctx, "F1")
	must(t, err)
	want(t, "no upload", got, nil)

	big := f
	big.ID, big.Size = "big", 11
	if err := db.AddFile(ctx, big, 2, 20); !errors.Is(err, store.ErrQuota) {
		t.Errorf("21 of 20 bytes under way: %v", err)
	}
	huge := f
	huge.ID, huge.Size = "huge", 1<<62
	if err := db.AddFile(ctx, huge, 2, 20); !errors.Is(err, store.ErrQuota) {
		t.Errorf("4 EiB under way: %v", err)
	}
	other := f
	other.ID, other.Source = "f2", "b"
	must(t, db.AddFile(ctx, other, 1, 10))

	must(t, db.AddFilePart(ctx, "f1", store.FilePart{At: 0, Size: 6}, []byte{2}, nil))
	if err := db.AddFilePart(ctx, "f1", store.FilePart{At: 0, Size: 6}, []byte{3}, nil); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the same part twice: %v", err)
	}
	if err := db.KeepFile(ctx, "f1", 3); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("kept before it was whole: %v", err)
	}
	must(t, db.AddFilePart(ctx, "f1", store.FilePart{At: 6, Size: 4}, []byte{4}, []byte{9}))
	if err := db.DropFile(ctx, "f1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a whole file was given up: %v", err)
	}
	stale, err := db.StaleFiles(ctx, day, 0)
	must(t, err)
	want(t, "whole and not logged", len(stale), 1)
	must(t, db.KeepFile(ctx, "f1", 3))
	must(t, db.KeepFile(ctx, "f1", 3))
	f.Got, f.State, f.Progress, f.Digest, f.Position = 10, store.FileKept, []byte{4}, []byte{9}, 3
	named, err := db.FilesNamed(ctx, "n")
	must(t, err)
	want(t, "kept under the name", named, []store.FileRow{f})
	kept, err := db.KeptFiles(ctx, "", 0)
	must(t, err)
	want(t, "kept", kept, []store.FileRow{f})
	kept, err = db.KeptFiles(ctx, "f1", 0)
	must(t, err)
	want(t, "kept after it", len(kept), 0)
	parts, err := db.FileParts(ctx, "f1")
	must(t, err)
	want(t, "parts", parts, []store.FilePart{{At: 0, Size: 6}, {At: 6, Size: 4}})
	must(t, db.AddFile(ctx, store.FileRow{ID: "f3", Source: "a", Name: "n", Size: 20, Created: day, Expires: day.Add(time.Hour)}, 1, 20)) // finished ones do not count

	if err := db.ForgetFile(ctx, "f2"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("forgotten before it was given up: %v", err)
	}
	stale, err = db.StaleFiles(ctx, day.Add(time.Hour), 0)
	must(t, err)
	want(t, "expired", len(stale), 2)
	must(t, db.DropFile(ctx, "f2"))
	must(t, db.DropFile(ctx, "f2"))
	if err := db.AddFilePart(ctx, "f2", store.FilePart{Size: 1}, nil, nil); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a part of an upload that was given up: %v", err)
	}
	must(t, db.ForgetFile(ctx, "f2"))
	got, err = db.File(ctx, "f2")
	must(t, err)
	want(t, "forgotten", got, nil)
}

// Uploads begun at once count each other.
func testFileQuota(t *testing.T, db *store.DB) {
	var wg sync.WaitGroup
	var began, over atomic.Int32
	for i := range 8 {
		wg.Go(func() {
			err := db.AddFile(t.Context(), store.FileRow{ID: fmt.Sprint("f", i), Source: "a", Size: 1, Created: day, Expires: day}, 3, 100)
			switch {
			case err == nil:
				began.Add(1)
			case errors.Is(err, store.ErrQuota):
				over.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	want(t, "began", began.Load(), 3)
	want(t, "refused", over.Load(), 5)
}
