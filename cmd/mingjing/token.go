package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/identity"
)

type tokenCmd struct {
	Add tokenAddCmd `cmd:"" help:"Issue a token; it is printed once and only its digest is kept."`
}

type tokenAddCmd struct {
	dataFlags
	Audience string        `required:"" enum:"source,supervisor,auditor,administrator" help:"source, supervisor, auditor or administrator."`
	Name     string        `help:"Whose it is; default: the audience."`
	Regions  []string      `help:"Of a supervisor: GB/T 2260 codes or prefixes, * for all."`
	Sectors  []string      `help:"Of a supervisor: trade classes; none means all."`
	Origins  []string      `help:"Of a source: its platform codes."`
	Days     time.Duration `default:"8760h" help:"How long it holds."`
}

func (c *tokenAddCmd) Run(ctx context.Context) error {
	return c.use(ctx, func(h *house) error {
		name := c.Name
		if name == "" {
			name = c.Audience
		}
		token, err := h.issue(ctx, identity.Grant{
			Name: name, Expires: time.Now().Add(c.Days),
			Reader: disclose.Reader{Audience: disclose.Audience(c.Audience), ID: name, Regions: c.Regions, Sectors: c.Sectors, Origins: c.Origins},
		})
		if err != nil {
			return err
		}
		fmt.Println(token)
		return nil
	})
}

// issue makes and stores a token.
func (h *house) issue(ctx context.Context, g identity.Grant) (string, error) {
	token, row, err := identity.Issue(rand.Reader, time.Now(), g)
	if err != nil {
		return "", err
	}
	return token, h.db.PutToken(ctx, row)
}
