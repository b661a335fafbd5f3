package main

import (
	"context"
	"fmt"
	"path/filepath"

	"mingjing/internal/audit"
	"mingjing/internal/ledger"
)

type eraseCmd struct {
	dataFlags
	Position int64    `required:"" help:"Log position of the record."`
	Fields   []string `required:"" help:"Fields to erase."`
	Order    string   `required:"" help:"Number of the lawful order."`
	Reason   string   `required:"" help:"Reason; must not repeat what is erased."`
	By       string   `required:"" help:"Who erases: person and post."`
	Person   bool     `help:"Destroy the key of the record's person too."`
}

func (c *eraseCmd) Run(ctx context.Context) error {
	return c.use(ctx, func(h *house) error {
		open, err := releasedVaults(ctx, h.db) // of what is still sealed nobody can judge what it holds
		if err != nil {
			return err
		}
		receipt, err := h.ledger.Erase(ctx, ledger.Erasure{
			Order: c.Order, Position: c.Position, Fields: c.Fields, Reason: c.Reason, Person: c.Person, Open: open,
			Author: ledger.Author{Kind: "person", ID: c.By},
		})
		if err != nil {
			return err
		}
		if err := h.settle(ctx); err != nil {
			return err
		}
		if err := h.db.Scrub(ctx); err != nil { // the full text of the docket as it was
			return err
		}
		if err := audit.Forget(filepath.Join(h.flags.Data, auditDir)); err != nil { // snapshots as they were before
			return err
		}
		fmt.Printf("erased by order %s; the order is record %d of the log\n", c.Order, receipt.Position)
		return nil
	})
}
