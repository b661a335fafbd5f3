package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"mingjing/internal/identity"
	"mingjing/internal/store"
)

// PersonList is a page of people in the order of their usernames.
type PersonList struct {
	Items []identity.Person `json:"items"`
	Next  string            `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
}

// NewPerson is a person with the password that they change at their first sign-in.
type NewPerson struct {
	Person   identity.Person `json:"person"`
	Password string          `json:"password" doc:"Shown this once"`
}

type personInput struct {
	ID string `path:"id" maxLength:"40"`
}

type createPersonInput struct {
	Body struct {
		Username string `json:"username" maxLength:"100" doc:"2 to 40 of a-z, 0-9, '.', '_', '-'"`
		Name     string `json:"name" maxLength:"100" doc:"As people read it"`
	}
}

type lockPersonInput struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Locked bool `json:"locked"`
	}
}

type grantInput struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Role    string    `json:"role" enum:"office,supervisor,auditor,tenderer,party,source,administrator"`
		Title   string    `json:"title" maxLength:"200" doc:"As people read it, such as 洛阳市发展和改革委员会"`
		Regions []string  `json:"regions,omitempty" maxItems:"200" doc:"Of a supervisor: GB/T 2260 codes, or * for all"`
		Sectors []string  `json:"sectors,omitempty" maxItems:"50" doc:"Of a supervisor: trade classes; none means all"`
		Origins []string  `json:"origins,omitempty" maxItems:"200" doc:"Of a source's staff: its platform codes"`
		Org     string    `json:"org,omitempty" maxLength:"40" doc:"Of a tenderer: the code of its organisation"`
		Unit    string    `json:"unit,omitempty" maxLength:"40" doc:"Id of the organisation in which it is held; its reach may not be wider"`
		From    time.Time `json:"from,omitzero" doc:"Default: now"`
		Until   time.Time `json:"until,omitzero" doc:"Default: open"`
	}
}

type withdrawInput struct {
	ID   string `path:"id" maxLength:"40"`
	Post string `path:"post" maxLength:"40"`
}

func (s *Server) routesPeople() {
	const who = " For the office and administrators; the act is recorded in the log."
	account(s, http.MethodGet, "/people", "list-people", "People 人员", "Everybody who has an account, with posts. For the office and administrators.", s.listPeople)
	account(s, http.MethodGet, "/people/{id}", "get-person", "A person 人员详情", "For the office and administrators.", s.getPerson, 404)
	account(s, http.MethodPost, "/people", "create-person", "Make an account 新建账号", "With a password that is shown once and changed at the first sign-in."+who, s.createPerson, 409)
	account(s, http.MethodPost, "/people/{id}/reset", "reset-person", "Reset a person's access 重置",
		"A new password, shown once; the second factor is taken away and all sessions end. An administrator resets only whose posts see no more than their own."+who, s.resetPerson, 404)
	account(s, http.MethodPut, "/people/{id}/lock", "lock-person", "Lock or unlock a person 锁定、解锁", "A lock ends all sessions; unlocking lifts the bar of failed attempts too."+who, s.lockPerson, 404)
	account(s, http.MethodPost, "/people/{id}/posts", "grant-post", "Grant a post 授予岗位", "For the office, never to oneself; the act is recorded in the log.", s.grantPost, 404)
	account(s, http.MethodDelete, "/people/{id}/posts/{post}", "withdraw-post", "Withdraw a post 撤销岗位", "What is open in it ends within a second. For the office, never one's own; the act is recorded in the log.", s.withdrawPost, 404)
}

func by(ctx context.Context) identity.By { return identity.By{Who: identity.Who(ctx)} }

// personFault turns what identity says of an act upon a person into a problem.
func (s *Server) personFault(ctx context.Context, field string, err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return notFound(ctx)
	case errors.Is(err, store.ErrTaken):
		return problemTaken.problem(requestID(ctx), "")
	case errors.Is(err, identity.ErrPerson), errors.Is(err, identity.ErrPost), errors.Is(err, identity.ErrUnit), errors.Is(err, store.ErrText):
		return badField(ctx, field, err)
	}
	return s.accountFault(ctx, err)
}

func (s *Server) mayList(ctx context.Context) error {
	if id := identity.Who(ctx); id.Stage != identity.Open || !identity.MayList(id.Post.Role) {
		return problemNotYours.problem(requestID(ctx), "")
	}
	return nil
}

func (s *Server) listPeople(ctx context.Context, in *PageInput) (*out[PersonList], error) {
	if err := s.mayList(ctx); err != nil {
		return nil, err
	}
	after, err := s.cursors.open("people", in.Cursor)
	if err != nil {
		return nil, badParameter(ctx, "cursor", err.Error())
	}
	list, err := s.cfg.Accounts.People(ctx, after, in.Limit+1)
	if err != nil {
		return nil, s.accountFault(ctx, err)
	}
	body := PersonList{Items: list}
	if len(list) > in.Limit { // only now is it known that more follow
		body.Items = list[:in.Limit]
		body.Next = s.cursors.seal("people", list[in.Limit-1].Username)
	}
	return &out[PersonList]{body}, nil
}

func (s *Server) getPerson(ctx context.Context, in *personInput) (*out[identity.Person], error) {
	if err := s.mayList(ctx); err != nil {
		return nil, err
	}
	return s.person(ctx, in.ID)
}

func (s *Server) person(ctx context.Context, id string) (*out[identity.Person], error) {
	p, err := s.cfg.Accounts.Person(ctx, id)
	if err != nil {
		return nil, s.accountFault(ctx, err)
	}
	if p == nil {
		return nil, notFound(ctx)
	}
	return &out[identity.Person]{*p}, nil
}

func (s *Server) createPerson(ctx context.Context, in *createPersonInput) (*out[NewPerson], error) {
	p, password, err := s.cfg.Accounts.Create(ctx, by(ctx), in.Body.Username, in.Body.Name, "")
	if err != nil {
		return nil, s.personFault(ctx, "username", err)
	}
	return &out[NewPerson]{NewPerson{*p, password}}, nil
}

func (s *Server) resetPerson(ctx context.Context, in *personInput) (*out[NewPerson], error) {
	password, err := s.cfg.Accounts.Reset(ctx, by(ctx), in.ID)
	if err != nil {
		return nil, s.personFault(ctx, "id", err)
	}
	p, err := s.person(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &out[NewPerson]{NewPerson{p.Body, password}}, nil
}

func (s *Server) lockPerson(ctx context.Context, in *lockPersonInput) (*out[identity.Person], error) {
	if err := s.cfg.Accounts.Lock(ctx, by(ctx), in.ID, in.Body.Locked); err != nil {
		return nil, s.personFault(ctx, "locked", err)
	}
	return s.person(ctx, in.ID)
}

func (s *Server) grantPost(ctx context.Context, in *grantInput) (*out[identity.Person], error) {
	b := &in.Body
	_, err := s.cfg.Accounts.Grant(ctx, by(ctx), in.ID, identity.Post{
		Role: identity.Role(b.Role), Title: b.Title, Regions: b.Regions, Sectors: b.Sectors, Origins: b.Origins, Org: b.Org, Unit: b.Unit, From: b.From, Until: b.Until,
	})
	if err != nil {
		return nil, s.personFault(ctx, "post", err)
	}
	return s.person(ctx, in.ID)
}

func (s *Server) withdrawPost(ctx context.Context, in *withdrawInput) (*out[identity.Person], error) {
	if err := s.cfg.Accounts.Withdraw(ctx, by(ctx), in.ID, in.Post); err != nil {
		return nil, s.personFault(ctx, "post", err)
	}
	return s.person(ctx, in.ID)
}
