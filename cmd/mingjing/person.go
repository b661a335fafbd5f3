package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"mingjing/internal/identity"
)

type personCmd struct {
	Add   personAddCmd   `cmd:"" help:"Make an account, with a first post if wanted; its password is printed once and changed at the first sign-in. 新建账号"`
	Post  personPostCmd  `cmd:"" help:"Grant a person a post, or withdraw one. 授予或撤销岗位"`
	List  personListCmd  `cmd:"" help:"List people and their posts. 列出人员"`
	Reset personResetCmd `cmd:"" help:"Give a person a new password, printed once, and take their second factor away. 重置密码与验证器"`
	Lock  personLockCmd  `cmd:"" help:"Lock a person, or unlock. 锁定、解锁"`
}

// atDesk is who acts on the command line: whoever holds the data folder.
var atDesk = identity.By{Desk: "command-line"}

// usePeople opens the house for a command upon people.
func (f dataFlags) usePeople(ctx context.Context, fn func(a *identity.Accounts) error) error {
	return f.use(ctx, func(h *house) error {
		a, err := h.accounts(signInFlags{})
		if err != nil {
			return err
		}
		return fn(a)
	})
}

// postFlags describe a post.
type postFlags struct {
	Role    string   `help:"office, supervisor, auditor, tenderer, source or administrator."`
	Title   string   `help:"As people read it, such as 洛阳市发展和改革委员会."`
	Regions []string `help:"Of a supervisor: GB/T 2260 codes or prefixes, * for all."`
	Sectors []string `help:"Of a supervisor: trade classes; none means all."`
	Origins []string `help:"Of a source's staff: its platform codes."`
	Org     string   `help:"Of a tenderer: the code of its organisation."`
	From    string   `placeholder:"DATE" help:"First day, such as 2026-01-01; default: now."`
	Until   string   `placeholder:"DATE" help:"Last day; default: open."`
}

func (f postFlags) post() (p identity.Post, err error) {
	p = identity.Post{Role: identity.Role(f.Role), Title: f.Title, Regions: f.Regions, Sectors: f.Sectors, Origins: f.Origins, Org: f.Org}
	if p.Title == "" {
		p.Title = f.Role
	}
	for _, d := range []struct {
		flag, value string
		days        int
		to          *time.Time
	}{{"--from", f.From, 0, &p.From}, {"--until", f.Until, 1, &p.Until}} {
		if d.value == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, d.value, time.Local)
		if err != nil {
			return p, fmt.Errorf("%s %q: write a day such as 2026-01-01", d.flag, d.value)
		}
		*d.to = day.AddDate(0, 0, d.days)
	}
	return p, p.Check()
}

type personAddCmd struct {
	dataFlags
	Username string `required:"" help:"By which the person signs in: a-z, 0-9, '.', '_', '-'."`
	Name     string `help:"As people read it; default: the username."`
	postFlags
}

func (c *personAddCmd) Run(ctx context.Context) error {
	post, err := identity.Post{}, error(nil)
	if c.Role != "" {
		if post, err = c.post(); err != nil { // before the account is made
			return err
		}
	}
	return c.usePeople(ctx, func(a *identity.Accounts) error {
		name := c.Name
		if name == "" {
			name = c.Username
		}
		p, password, err := a.Create(ctx, atDesk, c.Username, name, "")
		if err != nil {
			return err
		}
		if c.Role != "" {
			if _, err := a.Grant(ctx, atDesk, p.ID, post); err != nil {
				return err
			}
		}
		fmt.Printf("username %s\npassword %s\n", p.Username, password)
		return nil
	})
}

// named finds a person by username.
func named(ctx context.Context, a *identity.Accounts, username string) (*identity.Person, error) {
	p, err := a.PersonNamed(ctx, username)
	if err == nil && p == nil {
		err = fmt.Errorf("nobody is called %q: `mingjing person list` shows all", username)
	}
	return p, err
}

type personPostCmd struct {
	dataFlags
	Username string `required:"" help:"Whose."`
	Withdraw string `placeholder:"ID" help:"Withdraw this post instead of granting one."`
	postFlags
}

func (c *personPostCmd) Run(ctx context.Context) error {
	return c.usePeople(ctx, func(a *identity.Accounts) error {
		p, err := named(ctx, a, c.Username)
		if err != nil {
			return err
		}
		if c.Withdraw != "" {
			return a.Withdraw(ctx, atDesk, p.ID, c.Withdraw)
		}
		post, err := c.post()
		if err != nil {
			return err
		}
		granted, err := a.Grant(ctx, atDesk, p.ID, post)
		if err != nil {
			return err
		}
		fmt.Println(granted.ID)
		return nil
	})
}

type personListCmd struct {
	dataFlags
	JSON bool `help:"A JSON object a line."`
}

func (c *personListCmd) Run(ctx context.Context) error {
	return c.read(ctx, func(h *house) error {
		a, err := h.accounts(signInFlags{})
		if err != nil {
			return err
		}
		for after := ""; ; {
			list, err := a.People(ctx, after, 200)
			if err != nil || len(list) == 0 {
				return err
			}
			for i := range list {
				if err := c.print(&list[i]); err != nil {
					return err
				}
			}
			after = list[len(list)-1].Username
		}
	})
}

func (c *personListCmd) print(p *identity.Person) error {
	if c.JSON {
		line, err := json.Marshal(p)
		if err == nil {
			fmt.Println(string(line))
		}
		return err
	}
	state := ""
	if p.Locked {
		state += "  locked"
	}
	if p.TOTP {
		state += "  totp"
	}
	if p.Renew {
		state += "  password to be changed"
	}
	fmt.Printf("%s  %s%s\n", p.Username, p.Name, state)
	for i := range p.Posts {
		post := &p.Posts[i]
		over := ""
		if !post.Holds(time.Now()) {
			over = "  not in force"
		}
		fmt.Printf("  %s  %s  %s  %s%s\n", post.ID, post.Role, post.Title, strings.Join(append(append(post.Regions, post.Sectors...), post.Origins...), " "), over)
	}
	return nil
}

type personResetCmd struct {
	dataFlags
	Username string `required:"" help:"Whose."`
}

func (c *personResetCmd) Run(ctx context.Context) error {
	return c.usePeople(ctx, func(a *identity.Accounts) error {
		p, err := named(ctx, a, c.Username)
		if err != nil {
			return err
		}
		password, err := a.Reset(ctx, atDesk, p.ID)
		if err != nil {
			return err
		}
		fmt.Printf("username %s\npassword %s\n", p.Username, password)
		return nil
	})
}

type personLockCmd struct {
	dataFlags
	Username string `required:"" help:"Whom."`
	Unlock   bool   `help:"Unlock instead; lifts the bar of wrong attempts too."`
}

func (c *personLockCmd) Run(ctx context.Context) error {
	return c.usePeople(ctx, func(a *identity.Accounts) error {
		p, err := named(ctx, a, c.Username)
		if err != nil {
			return err
		}
		return a.Lock(ctx, atDesk, p.ID, !c.Unlock)
	})
}
