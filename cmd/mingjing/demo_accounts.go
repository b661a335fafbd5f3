package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/identity"
	"mingjing/internal/province"
	"mingjing/internal/store"
	"mingjing/internal/trade"
)

// accountsFile keeps the password of the demonstration's accounts in its data
// folder, so that who starts it again signs in as before.
const accountsFile = "accounts.json"

// A demoAccount is one of the demonstration's people. All have one password.
type demoAccount struct {
	Username string          `json:"username"`
	Password string          `json:"password"`
	Name     string          `json:"name"`
	Posts    []identity.Post `json:"posts"`
}

// demoBegins is the day on which the demonstration's organisations begin.
var demoBegins = time.Date(2024, 1, 1, 0, 0, 0, 0, trade.Zone)

// demoAccounts are people of every role, one of them with two posts.
func demoAccounts(p *province.Province, password string) []demoAccount {
	i := slices.IndexFunc(p.Systems, func(s province.System) bool { return s.Region == "410300" })
	source := p.Systems[max(i, 0)]
	firm, code := province.Bidder(p.Seed, "410300")
	buyer, buyerCode := p.ObjectedTo("410300")
	supervisor := func(title string, regions ...string) identity.Post {
		return identity.Post{Role: identity.Supervisor, Title: title, Regions: regions}
	}
	office := identity.Post{Role: identity.Office, Title: "省公共资源交易管理办公室"}
	list := []demoAccount{
		{Username: "luoyang", Name: "罗洋", Posts: []identity.Post{supervisor("洛阳市发展和改革委员会", "410300")}},
		{Username: "zhengzhou", Name: "郑舟", Posts: []identity.Post{supervisor("郑州市发展和改革委员会", "410100")}},
		{Username: "province", Name: "何南", Posts: []identity.Post{supervisor("河南省发展和改革委员会", disclose.Everywhere)}},
		{Username: "audit", Name: "沈计", Posts: []identity.Post{{Role: identity.Auditor, Title: "河南省审计厅"}}},
		{Username: "office", Name: "龚管", Posts: []identity.Post{office}},
		{Username: "admin", Name: "管立", Posts: []identity.Post{{Role: identity.Administrator, Title: "平台运维"}}},
		{Username: "source", Name: "施源", Posts: []identity.Post{{Role: identity.SourceStaff, Title: source.NameZH, Origins: []string{source.Platform}}}},
		{Username: "tenderer", Name: "赵彪", Posts: []identity.Post{{Role: identity.Tenderer, Title: buyer, Org: buyerCode}}},
		{Username: "bidder", Name: "高投", Posts: []identity.Post{{Role: identity.Bidder, Title: firm, Org: code}}},
		{Username: "twoposts", Name: "双岗", Posts: []identity.Post{office, supervisor("河南省水利厅", disclose.Everywhere)}},
	}
	for i := range list {
		list[i].Password = password
	}
	return list
}

// people makes the demonstration's accounts, where they are not yet.
func (c *demoCmd) people(ctx context.Context, h *house, p *province.Province) ([]demoAccount, error) {
	path := filepath.Join(c.Data, accountsFile)
	var list []demoAccount
	switch text, err := os.ReadFile(path); {
	case err == nil:
		if err := json.Unmarshal(text, &list); err != nil {
			return nil, fmt.Errorf("demo: %s: %w; give another --data", path, err)
		}
	case !errors.Is(err, os.ErrNotExist):
		return nil, err
	default:
		list = demoAccounts(p, "mingjing-"+strings.ToLower(rand.Text()[:6]))
		text, err := json.MarshalIndent(list, "", " ")
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, append(text, '\n'), 0o600); err != nil { // before the accounts are: none without its password
			return nil, err
		}
	}
	a, err := h.accounts(c.signInFlags)
	if err != nil {
		return nil, err
	}
	by := identity.By{Desk: "demonstration"}
	if _, err := h.beginTree(ctx, a, by, demoBegins); err != nil {
		return nil, err
	}
	tree, err := a.Tree(ctx)
	if err != nil {
		return nil, err
	}
	units := map[string]string{}
	for _, o := range tree.At(time.Now()) {
		units[o.Name] = o.ID
	}
	for _, one := range list {
		p, _, err := a.Create(ctx, by, one.Username, one.Name, one.Password)
		if errors.Is(err, store.ErrTaken) {
			if p, err = a.PersonNamed(ctx, one.Username); err != nil || len(p.Posts) >= len(one.Posts) {
				if err != nil {
					return nil, err
				}
				continue
			}
		}
		if err != nil {
			return nil, err
		}
		for _, post := range one.Posts[len(p.Posts):] { // those that a stop left out
			if post.Role != identity.Supervisor { // who here sees more than their department would
				post.Unit = units[post.Title]
			}
			if _, err := a.Grant(ctx, by, p.ID, post); err != nil {
				return nil, err
			}
		}
	}
	return list, c.bindAuditor(ctx, a)
}
