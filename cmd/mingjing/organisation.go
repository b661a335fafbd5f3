package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"mingjing/internal/identity"
	"mingjing/internal/jurisdiction"
)

type organisationCmd struct {
	Seed organisationSeedCmd `cmd:"" help:"Make the province's and its cities' organisations from the table of jurisdictions, where there are none yet. 由管辖表初始化"`
	List organisationListCmd `cmd:"" help:"List organisations as they are on a day. 列出机构"`
}

type organisationSeedCmd struct{ dataFlags }

func (c *organisationSeedCmd) Run(ctx context.Context) error {
	return c.use(ctx, func(h *house) error {
		a, err := h.accounts(signInFlags{})
		if err != nil {
			return err
		}
		made, err := h.beginTree(ctx, a, atDesk, time.Now())
		if err != nil {
			return err
		}
		if made == 0 {
			return errors.New("organisation seed: there are organisations already: change them on the page")
		}
		fmt.Printf("%d organisations\n", made)
		return nil
	})
}

// beginTree makes the organisations with which a province begins; none where
// there are some.
func (h *house) beginTree(ctx context.Context, a *identity.Accounts, by identity.By, at time.Time) (int, error) {
	have, err := h.db.Organisations(ctx)
	if err != nil || len(have) > 0 {
		return 0, err
	}
	table := h.offices
	if table == nil {
		table = jurisdiction.Default()
	}
	list, err := identity.Beginnings(table, nil, at)
	if err != nil {
		return 0, err
	}
	_, err = a.Order(ctx, by, list...)
	return len(list), err
}

type organisationListCmd struct {
	dataFlags
	On   string `placeholder:"DATE" help:"As they were or will be at the end of that day, such as 2026-01-01; default: now."`
	JSON bool   `help:"A JSON object a line."`
}

func (c *organisationListCmd) Run(ctx context.Context) error {
	at := time.Now()
	if c.On != "" {
		day, err := time.ParseInLocation(time.DateOnly, c.On, time.Local)
		if err != nil {
			return fmt.Errorf("--on %q: write a day such as 2026-01-01", c.On)
		}
		at = day.AddDate(0, 0, 1).Add(-time.Millisecond)
	}
	return c.read(ctx, func(h *house) error {
		a, err := h.accounts(signInFlags{})
		if err != nil {
			return err
		}
		tree, err := a.Tree(ctx)
		if err != nil {
			return err
		}
		list := tree.At(at)
		for i := range list {
			o := &list[i]
			if c.JSON {
				line, err := json.Marshal(o)
				if err != nil {
					return err
				}
				fmt.Println(string(line))
				continue
			}
			fmt.Printf("%s  %s  %s  %s  %s\n", o.ID, o.Kind, o.Region, o.Name, strings.Join(o.Sectors, " "))
		}
		return nil
	})
}
