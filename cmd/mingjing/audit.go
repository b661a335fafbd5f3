package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"mingjing/internal/audit"
	"mingjing/internal/docket"
	"mingjing/internal/feed"
	"mingjing/internal/refold"
	"mingjing/internal/server"
	"mingjing/internal/store"
	"mingjing/internal/supervise"
)

// auditFlags are the auditors' port (审计特殊端口): an address of its own.
type auditFlags struct {
	Audit      mutualFlags `embed:"" prefix:"audit-" envprefix:"MINGJING_AUDIT_"`
	AuditStore string      `name:"audit-store" placeholder:"DSN" env:"MINGJING_AUDIT_STORE" help:"postgres://… of a login that may only read, or of a replica, for the auditors' port; default: the store, as a role that may only read."`
	AuditURL   string      `name:"audit-url" env:"MINGJING_AUDIT_URL" help:"Address of the auditors' port that browsers see."`

	AuditEvery  time.Duration `name:"audit-snapshot-every" default:"24h" env:"MINGJING_AUDIT_SNAPSHOT_EVERY" help:"How old the newest snapshot for auditors' own questions becomes before another is taken; 0: only when one is asked for."`
	AuditWithin time.Duration `name:"audit-query-time" default:"30s" env:"MINGJING_AUDIT_QUERY_TIME" help:"Time of one question."`
	AuditRows   int           `name:"audit-query-rows" default:"5000" env:"MINGJING_AUDIT_QUERY_ROWS" help:"Rows of an answer on a screen."`
	AuditMemory int64         `name:"audit-query-memory" default:"512" placeholder:"MIB" env:"MINGJING_AUDIT_QUERY_MEMORY" help:"Memory of the process that answers a question."`
}

func (f auditFlags) questionLimits() audit.Limits {
	l := audit.DefaultLimits()
	l.Within, l.Rows, l.Memory = f.AuditWithin, f.AuditRows, f.AuditMemory<<20
	return l
}

// auditDir holds the snapshots for auditors' questions, in the data folder.
const auditDir = "audit"

// auditDesk opens the desk that answers auditors' own questions over what db shows.
func (h *house) auditDesk(f auditFlags, db *store.DB, note func(context.Context, supervise.Asking) (supervise.Asking, error)) (*audit.Desk, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return audit.New(audit.Config{
		Dir: filepath.Join(h.flags.Data, auditDir), Store: db, Note: note, Sign: h.ledger.Sign, Command: []string{self, "sql-worker"}, Clock: h.clock, Log: h.log, Limits: f.questionLimits(), Every: f.AuditEvery,
		Project: func(ctx context.Context, code string, before int64) (*docket.ProjectFile, error) {
			return refold.Subjects{Store: db, Ledger: h.ledger, Before: before}.Project(ctx, code)
		},
	})
}

type sqlWorkerCmd struct{}

// Run answers one question on standard input.
func (sqlWorkerCmd) Run(ctx context.Context) error { return audit.Work(ctx, os.Stdin, os.Stdout) }

// An auditPort is a running auditors' port; nil: there is none.
type auditPort struct {
	server   *server.Server
	listener net.Listener
	db       *store.DB // cannot write
	desk     *audit.Desk
}

// auditPort opens the port over what the house serves elsewhere, nil when none
// is asked for. All that it reads of dockets comes through a connection that the
// database lets write nothing; what auditors do is appended to the log by the
// house itself.
func (h *house) auditPort(ctx context.Context, f serveFlags, base server.Config) (*auditPort, error) {
	l, err := f.Audit.open(ctx, "audit-")
	if err != nil || l == nil {
		return nil, err
	}
	dsn := f.AuditStore
	if dsn == "" {
		dsn = h.flags.dsn()
	}
	db, err := store.OpenReader(ctx, dsn)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("--audit-listen: %w", err), l.Close())
	}
	cfg := base
	askings := refold.Askings{Store: db, Ledger: h.ledger, Clock: h.clock}
	desk, err := h.auditDesk(f.auditFlags, db, askings.Note)
	if err != nil {
		return nil, errors.Join(err, l.Close(), db.Close())
	}
	cfg.Audit = &server.AuditPort{Desk: desk, Askings: askings, Questions: h.db}
	cfg.Store, cfg.PublicURL, cfg.Metrics = db, f.AuditURL, server.NewMetrics()
	cfg.Exchange, cfg.LogHandler, cfg.Vendors, cfg.ExportDir = nil, nil, nil, ""
	cfg.Checks = nil // what must be writable is so elsewhere
	cfg.Subjects = refold.Subjects{Store: db, Ledger: h.ledger}
	cfg.Feed = feed.New(feed.Config{Store: db, AsOf: h.worker.AsOf, Key: h.keys.PrivateKey("feed")})
	s, err := server.New(cfg)
	if err != nil {
		return nil, errors.Join(err, l.Close(), db.Close())
	}
	return &auditPort{s, l, db, desk}, nil
}

// serve answers until ctx ends.
func (p *auditPort) serve(ctx context.Context) error {
	if p == nil {
		<-ctx.Done()
		return nil
	}
	var wg sync.WaitGroup
	wg.Go(func() { p.desk.Run(ctx) })
	err := p.server.Serve(ctx, p.listener)
	p.desk.Close()
	wg.Wait()
	return err
}

func (p *auditPort) close() {
	if p != nil {
		p.desk.Close()
		_ = p.listener.Close() // closed already where it was served
		_ = p.db.Close()       // nothing was written that could be lost
	}
}
