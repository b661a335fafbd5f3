package main

import (
	"context"
	"errors"
	"fmt"
	"net"

	"mingjing/internal/feed"
	"mingjing/internal/refold"
	"mingjing/internal/server"
	"mingjing/internal/store"
)

// auditFlags are the auditors' port (审计特殊端口): an address of its own.
type auditFlags struct {
	Audit      mutualFlags `embed:"" prefix:"audit-" envprefix:"MINGJING_AUDIT_"`
	AuditStore string      `name:"audit-store" placeholder:"DSN" env:"MINGJING_AUDIT_STORE" help:"postgres://… of a login that may only read, or of a replica, for the auditors' port; default: the store, as a role that may only read."`
	AuditURL   string      `name:"audit-url" env:"MINGJING_AUDIT_URL" help:"Address of the auditors' port that browsers see."`
}

// An auditPort is a running auditors' port; nil: there is none.
type auditPort struct {
	server   *server.Server
	listener net.Listener
	db       *store.DB // cannot write
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
	cfg.Audit = &server.AuditPort{}
	cfg.Store, cfg.PublicURL, cfg.Metrics = db, f.AuditURL, server.NewMetrics()
	cfg.Exchange, cfg.LogHandler, cfg.Vendors, cfg.ExportDir = nil, nil, nil, ""
	cfg.Checks = nil // what must be writable is so elsewhere
	cfg.Subjects = refold.Subjects{Store: db, Ledger: h.ledger}
	cfg.Feed = feed.New(feed.Config{Store: db, AsOf: h.worker.AsOf, Key: h.keys.PrivateKey("feed")})
	s, err := server.New(cfg)
	if err != nil {
		return nil, errors.Join(err, l.Close(), db.Close())
	}
	return &auditPort{s, l, db}, nil
}

// serve answers until ctx ends.
func (p *auditPort) serve(ctx context.Context) error {
	if p == nil {
		<-ctx.Done()
		return nil
	}
	return p.server.Serve(ctx, p.listener)
}

func (p *auditPort) close() {
	if p != nil {
		_ = p.listener.Close() // closed already where it was served
		_ = p.db.Close()       // nothing was written that could be lost
	}
}
