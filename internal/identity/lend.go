package identity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mingjing/internal/store"
)

// MaxLend is the longest time for which a post is lent at once.
const MaxLend = 90 * 24 * time.Hour

// Lend lets somebody else, by username, act in the post in which the person who
// asks acts now, from from (zero: now) until until, as for a holiday. What they
// do in it is recorded as theirs for the person. It ends with the post that is
// lent, and when either gives it back or its person is locked. Only who holds a
// post of their own borrows one, an administrator none that sees more, and a
// lent post is not lent on. Errors:
// ErrNotYours, ErrProof, ErrPost.
func (a *Accounts) Lend(ctx context.Context, id Identity, to string, from, until time.Time) (*Post, error) {
	if id.Stage != Open || id.Person == "" || id.Post.Lent != nil {
		return nil, ErrNotYours
	}
	if err := a.NeedProof(id); err != nil {
		return nil, err
	}
	now := a.cfg.Clock()
	if from.IsZero() {
		from = now
	}
	from, until = from.UTC().Truncate(time.Millisecond), until.UTC().Truncate(time.Millisecond)
	fail := func(en, zh string) error { return fmt.Errorf("%w: %s / %s", ErrPost, en, zh) }
	switch {
	case until.IsZero() || !until.After(from) || !until.After(now):
		return nil, fail("say until when, after it begins", "请填写晚于生效时间的到期日")
	case until.Sub(from) > MaxLend:
		return nil, fail(fmt.Sprintf("at most %d days at once", MaxLend/(24*time.Hour)), fmt.Sprintf("一次最长 %d 天", MaxLend/(24*time.Hour)))
	case !id.Post.Until.IsZero() && until.After(id.Post.Until):
		return nil, fail("the post itself ends before", "晚于岗位本身的到期日")
	}
	p, err := a.PersonNamed(ctx, to)
	switch {
	case err != nil:
		return nil, err
	case p == nil || p.Locked || !slices.ContainsFunc(p.Posts, func(q Post) bool { return q.Lent == nil && q.Holds(now) }):
		return nil, fail("nobody of that username holds a post of their own", "没有该用户名的在岗人员")
	case id.Post.Role != Administrator && id.Post.Role != Tenderer && id.Post.Role != Bidder && slices.ContainsFunc(p.Posts, func(q Post) bool { return q.Role == Administrator && q.Holds(now) }):
		return nil, fail("who keeps the machine running does not stand in for who sees more", "运维人员不能受托其他岗位")
	case p.ID == id.Person:
		return nil, fail("it is yours already", "不能委托给自己")
	case slices.ContainsFunc(p.Posts, func(q Post) bool {
		return q.Lent != nil && q.Lent.Post == id.Post.ID && q.Withdrawn.IsZero() && q.Until.After(from) && q.From.Before(until)
	}):
		return nil, fail("they have it for some of that time already", "该时段已委托给此人")
	}
	lent := id.Post
	lent.ID, lent.From, lent.Until, lent.Withdrawn = newID(), from, until, time.Time{}
	lent.Lent = &Lent{Post: id.Post.ID, Person: id.Person, Name: id.Name}
	row, err := lent.row(p.ID)
	if err != nil {
		return nil, err
	}
	if err := a.record(ctx, By{Who: id}, ActLend, p.ID, &lent); err != nil { // first: nobody acts for another unrecorded
		return nil, err
	}
	if err := a.cfg.Store.AddPost(ctx, row); err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	return &lent, nil
}

// A Loan is a post that is lent, with who has it.
type Loan struct {
	Post     Post   `json:"post"`
	Username string `json:"username" doc:"Of who acts in it"`
	Name     string `json:"name"`
}

// Loans lists what a person lends, given back and ended ones too, the newest first.
func (a *Accounts) Loans(ctx context.Context, person string) ([]Loan, error) {
	own, err := a.cfg.Store.Posts(ctx, []string{person})
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	var ids []string
	for i := range own {
		ids = append(ids, own[i].ID)
	}
	rows, err := a.cfg.Store.LentPosts(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	out := []Loan{}
	for i := range slices.Backward(rows) {
		p, err := ReadPost(&rows[i])
		if err != nil {
			return nil, err
		}
		who, err := a.cfg.Store.Person(ctx, rows[i].Person)
		if err != nil {
			return nil, fmt.Errorf("identity: %w", err)
		}
		if who == nil {
			who = &store.PersonRow{}
		}
		out = append(out, Loan{p, who.Username, who.Name})
	}
	return out, nil
}

// Return ends a lent post now: by whose it is, or by who has it. The office
// withdraws it as any other. Errors: store.ErrNotFound.
func (a *Accounts) Return(ctx context.Context, id Identity, post string) error {
	if id.Person == "" || id.Stage != Open && id.Stage != Choose {
		return ErrNotYours
	}
	loans, err := a.Loans(ctx, id.Person)
	if err != nil {
		return err
	}
	for i := range loans {
		if loans[i].Post.ID == post {
			p, err := a.PersonNamed(ctx, loans[i].Username)
			if err == nil && p == nil {
				err = fmt.Errorf("identity: %w", store.ErrNotFound)
			}
			if err != nil {
				return err
			}
			return a.giveBack(ctx, By{Who: id}, p.ID, &loans[i].Post)
		}
	}
	own, err := a.Posts(ctx, id.Person)
	if err != nil {
		return err
	}
	for i := range own {
		if own[i].ID == post && own[i].Lent != nil {
			return a.giveBack(ctx, By{Who: id}, id.Person, &own[i])
		}
	}
	return fmt.Errorf("identity: %w", store.ErrNotFound)
}

func (a *Accounts) giveBack(ctx context.Context, by By, person string, p *Post) error {
	if err := a.cfg.Store.WithdrawPost(ctx, person, p.ID, a.cfg.Clock()); err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	return a.record(context.WithoutCancel(ctx), by, ActReturn, person, p) // who gives back what they act in ends their own request
}

// recall ends all that a person lends.
func (a *Accounts) recall(ctx context.Context, by By, person string) error {
	own, err := a.cfg.Store.Posts(ctx, []string{person})
	if err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	var ids []string
	for i := range own {
		ids = append(ids, own[i].ID)
	}
	rows, err := a.cfg.Store.LentPosts(ctx, ids)
	if err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	for i := range rows {
		if !rows[i].Withdrawn.IsZero() {
			continue
		}
		p, err := ReadPost(&rows[i])
		if err != nil {
			return err
		}
		if err := ignore(a.giveBack(ctx, by, rows[i].Person, &p), store.ErrNotFound); err != nil {
			return err
		}
	}
	return nil
}
