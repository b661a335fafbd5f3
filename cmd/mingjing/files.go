package main

import (
	"context"
	"path/filepath"
	"time"

	"mingjing/internal/files"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

// fileFlags bound what a trading system may upload.
type fileFlags struct {
	FileMax        int64         `name:"file-max" default:"2048" placeholder:"MIB" help:"Largest attachment, MiB."`
	FilePart       int64         `name:"file-part" default:"8" placeholder:"MIB" help:"Largest part of an upload, MiB; each request that brings one takes about twice as much memory."`
	FileUnfinished int           `name:"file-unfinished" default:"16" help:"Unfinished uploads of a trading system."`
	FileWaiting    int64         `name:"file-waiting" default:"8192" placeholder:"MIB" help:"Bytes that these may declare together, MiB."`
	FileAge        time.Duration `name:"file-age" default:"24h" help:"After which an unfinished upload is given up."`
}

func (f fileFlags) limits() files.Limits {
	return files.Limits{Size: f.FileMax << 20, Chunk: f.FilePart << 20, Unfinished: f.FileUnfinished, Bytes: f.FileWaiting << 20, Age: f.FileAge}
}

// openFiles wires the attachments of a data folder. Without a log they can only
// be looked at.
func openFiles(f dataFlags, db *store.DB, keys *ledger.Keyring, log files.Log, limits files.Limits) (*files.Service, error) {
	where := f.Files
	if where == "" {
		where = filepath.Join(f.Data, "files")
	}
	blobs, err := files.OpenBlobs(where)
	if err != nil {
		return nil, err
	}
	return files.New(files.Config{
		Store: db, Keys: keys, Blobs: blobs, Log: log, Catalogue: standard.Default(), Clock: time.Now, Limits: limits,
	}), nil
}

// tidyEvery is how often uploads that expired are removed.
const tidyEvery = 5 * time.Minute

// tidyFiles removes what expired, and finishes what a crash left whole.
func (h *house) tidyFiles(ctx context.Context) {
	for ctx.Err() == nil {
		if n, err := h.files.Tidy(ctx); err != nil && ctx.Err() == nil {
			h.log.Error("attachments: will try again", "error", err)
		} else if n > 0 {
			h.log.Info("attachments: tidied", "uploads", n)
		}
		select {
		case <-ctx.Done():
		case <-time.After(tidyEvery):
		}
	}
}
