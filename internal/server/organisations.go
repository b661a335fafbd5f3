package server

import (
	"context"
	"net/http"
	"time"

	"mingjing/internal/identity"
)

// OrganisationList is the tree of organisations on a day, flat: each names the
// one above.
type OrganisationList struct {
	At    time.Time               `json:"at"`
	Items []identity.Organisation `json:"items"`
}

// OrganisationPage is one organisation with its history.
type OrganisationPage struct {
	Versions []identity.Organisation `json:"versions" doc:"The oldest first; the last may be to come"`
}

// LoanList is what a person lends.
type LoanList struct {
	Items []identity.Loan `json:"items"`
}

type organisationsInput struct {
	At time.Time `query:"at" doc:"As they were or will be then; default: now"`
}

type organisationInput struct {
	ID string `path:"id" maxLength:"40"`
}

type newOrganisationInput struct {
	Body OrganisationDraft
}

type changeOrganisationInput struct {
	ID   string `path:"id" maxLength:"40"`
	Body OrganisationDraft
}

// OrganisationDraft is an organisation as it shall be.
type OrganisationDraft struct {
	Parent    string    `json:"parent,omitempty" maxLength:"40" doc:"Id of the organisation above"`
	Kind      string    `json:"kind" enum:"division,office,department,audit,discipline,centre,tenderer,party"`
	Name      string    `json:"name" maxLength:"200"`
	Region    string    `json:"region,omitempty" maxLength:"6" doc:"GB/T 2260 code"`
	Sectors   []string  `json:"sectors,omitempty" maxItems:"50" doc:"Of a department: trade classes; none means all"`
	Code      string    `json:"code,omitempty" maxLength:"40" doc:"Unified social credit code"`
	From      time.Time `json:"from,omitzero" doc:"Default: now"`
	Dissolved bool      `json:"dissolved,omitempty" doc:"From then on it is no more"`
}

type lendInput struct {
	Body struct {
		Username string    `json:"username" minLength:"1" maxLength:"100" doc:"Of who shall act in the post in which you are now"`
		From     time.Time `json:"from,omitzero" doc:"Default: now"`
		Until    time.Time `json:"until"`
	}
}

type returnInput struct {
	ID string `path:"id" maxLength:"40" doc:"Id of the lent post"`
}

func (s *Server) routesOrganisations() {
	account(s, http.MethodGet, "/organisations", "list-organisations", "Organisations 机构", "The tree on a day, for whoever is signed in.", s.listOrganisations)
	account(s, http.MethodGet, "/organisations/{id}", "get-organisation", "An organisation 机构沿革", "All its versions.", s.getOrganisation, 404)
	account(s, http.MethodPost, "/organisations", "create-organisation", "Make an organisation 新建机构", "For the office; recorded in the log.", s.createOrganisation)
	account(s, http.MethodPut, "/organisations/{id}", "change-organisation", "Change or dissolve an organisation 变更、撤销机构",
		"From a day on; what it was until then stays. It is dissolved when nothing stands under it and nobody holds a post in it. For the office; recorded in the log.", s.changeOrganisation, 404)
	account(s, http.MethodGet, "/account/loans", "list-loans", "Posts that I lend 我委托的岗位", "", s.listLoans)
	account(s, http.MethodPost, "/account/loans", "lend-post", "Lend the present post 委托岗位",
		"Somebody who holds a post of their own acts in this one for a while, as over a holiday. What they do is recorded as theirs for the lender; it ends with the post, and when either gives it back.", s.lendPost)
	account(s, http.MethodDelete, "/account/loans/{id}", "return-post", "Give back or take back a lent post 收回或退回委托", "By who lends it or who has it.", s.returnPost, 404)
}

func (s *Server) listOrganisations(ctx context.Context, in *organisationsInput) (*out[OrganisationList], error) {
	if _, err := signedIn(ctx); err != nil {
		return nil, err
	}
	tree, err := s.cfg.Accounts.Tree(ctx)
	if err != nil {
		return nil, s.accountFault(ctx, err)
	}
	at := in.At
	if at.IsZero() {
		at = time.Now() // of people, like their posts: not of what is traded
	}
	return &out[OrganisationList]{OrganisationList{at.UTC(), tree.At(at)}}, nil
}

func (s *Server) getOrganisation(ctx context.Context, in *organisationInput) (*out[OrganisationPage], error) {
	if _, err := signedIn(ctx); err != nil {
		return nil, err
	}
	tree, err := s.cfg.Accounts.Tree(ctx)
	if err != nil {
		return nil, s.accountFault(ctx, err)
	}
	versions := tree.Versions(in.ID)
	if len(versions) == 0 {
		return nil, notFound(ctx)
	}
	return &out[OrganisationPage]{OrganisationPage{versions}}, nil
}

func (s *Server) createOrganisation(ctx context.Context, in *newOrganisationInput) (*out[OrganisationPage], error) {
	return s.order(ctx, "", &in.Body)
}

func (s *Server) changeOrganisation(ctx context.Context, in *changeOrganisationInput) (*out[OrganisationPage], error) {
	return s.order(ctx, in.ID, &in.Body)
}

func (s *Server) order(ctx context.Context, id string, d *OrganisationDraft) (*out[OrganisationPage], error) {
	made, err := s.cfg.Accounts.Order(ctx, by(ctx), identity.Organisation{
		ID: id, Parent: d.Parent, Kind: identity.UnitKind(d.Kind), Name: d.Name, Region: d.Region, Sectors: d.Sectors, Code: d.Code, From: d.From, Dissolved: d.Dissolved,
	})
	if err != nil {
		return nil, s.personFault(ctx, "organisation", err)
	}
	return s.getOrganisation(ctx, &organisationInput{made[0].ID})
}

func (s *Server) listLoans(ctx context.Context, _ *struct{}) (*out[LoanList], error) {
	id, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.cfg.Accounts.Loans(ctx, id.Person)
	if err != nil {
		return nil, s.accountFault(ctx, err)
	}
	return &out[LoanList]{LoanList{list}}, nil
}

func (s *Server) lendPost(ctx context.Context, in *lendInput) (*out[LoanList], error) {
	if _, err := s.cfg.Accounts.Lend(ctx, identity.Who(ctx), in.Body.Username, in.Body.From, in.Body.Until); err != nil {
		return nil, s.personFault(ctx, "until", err)
	}
	return s.listLoans(ctx, nil)
}

func (s *Server) returnPost(ctx context.Context, in *returnInput) (*out[LoanList], error) {
	if err := s.cfg.Accounts.Return(ctx, identity.Who(ctx), in.ID); err != nil {
		return nil, s.personFault(ctx, "id", err)
	}
	return s.listLoans(context.WithoutCancel(ctx), nil) // the request's own context ends with a post that is given back
}
