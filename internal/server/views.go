package server

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"

	"mingjing/internal/identity"
	"mingjing/internal/store"
)

// maxViews is how many lists one person may keep, and the office.
const maxViews = 100

// SavedView is a list that somebody keeps under a name.
type SavedView struct {
	ID string `json:"id"`
	ViewBody
	Changed time.Time `json:"changed"`
	Mine    bool      `json:"mine" doc:"This reader may change it"`
}

// ViewBody is what a saved view says.
type ViewBody struct {
	Page    string   `json:"page" enum:"dockets,warnings" doc:"Of which page"`
	Name    string   `json:"name" minLength:"1" maxLength:"60"`
	Query   string   `json:"query" maxLength:"2000" doc:"Filter and order as they stand in the page's address, without ?"`
	Columns []string `json:"columns,omitempty" maxItems:"40" doc:"Columns shown, in their order; absent: the page's own"`
	Office  bool     `json:"office,omitempty" doc:"Published by the office, which alone may"`
	Role    string   `json:"role,omitempty" enum:"office,supervisor,auditor,tenderer,party,source,administrator" doc:"Of the office's: for people in posts of this role only; absent: for all"`
	Default bool     `json:"default,omitempty" doc:"The page opens with it; one's own goes before the role's, and that before the office's for all"`
}

// SavedViews are those that a reader may use.
type SavedViews struct {
	Items []SavedView `json:"items"`
}

type viewsInput struct {
	Page string `query:"page" enum:"dockets,warnings" doc:"Of this page only"`
}

type putViewInput struct {
	ID   string `path:"id" maxLength:"40"`
	Body ViewBody
}

type newViewInput struct{ Body ViewBody }

type viewInput struct {
	ID string `path:"id" maxLength:"40"`
}

func (s *Server) routesViews() {
	op := func(id, method, path, summary, description string, errs ...int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/views" + path, Summary: summary, Description: description, Tags: []string{"lists"},
			Errors: append(errs, 401, 403, 422, 500, 503), Security: []map[string][]string{{}, {"token": {}}, {"session": {}}},
		}
	}
	huma.Register(s.api, op("list-views", http.MethodGet, "", "Saved views 常用视图", "One's own, and what the office has published for all and for one's role. A view narrows; it gives nobody a right."), s.listViews)
	huma.Register(s.api, op("create-view", http.MethodPost, "", "Keep a view 保存视图", "For who is signed in. With office, for people in a post of the office.", 409), s.createView)
	huma.Register(s.api, op("change-view", http.MethodPut, "/{id}", "Change a view 修改视图", "Of one's own; of the office's, for people in a post of the office.", 404, 409), s.changeView)
	huma.Register(s.api, op("drop-view", http.MethodDelete, "/{id}", "Drop a view 删除视图", "As for changing.", 404), s.dropView)
}

// ownerOf names who asks, so that what they keep is found again: a person,
// whatever their post, or a token. "" for the public.
func ownerOf(ctx context.Context) string {
	who := identity.Who(ctx)
	switch {
	case who.Person != "" && who.Stage == identity.Open:
		return "person:" + who.Person
	case who.Person == "" && who.Reader.ID != "":
		return "token:" + who.Reader.ID
	}
	return ""
}

func (s *Server) listViews(ctx context.Context, in *viewsInput) (*out[SavedViews], error) {
	owner, who := ownerOf(ctx), identity.Who(ctx)
	owners := []string{""}
	if owner != "" {
		owners = append(owners, owner)
	}
	rows, err := s.cfg.Store.SavedViews(ctx, owners, in.Page)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	body := SavedViews{Items: []SavedView{}}
	for i := range rows {
		row := &rows[i]
		if row.Owner == "" && row.Role != "" && !who.In(identity.Role(row.Role)) && !who.In(identity.Office) {
			continue
		}
		v, err := s.savedView(ctx, row)
		if err != nil {
			return nil, s.fault(ctx, err)
		}
		body.Items = append(body.Items, *v)
	}
	return &out[SavedViews]{body}, nil
}

func (s *Server) savedView(ctx context.Context, row *store.SavedViewRow) (*SavedView, error) {
	v := &SavedView{ID: row.ID, Changed: row.Changed, Mine: mine(ctx, row)}
	return v, json.Unmarshal(row.Body, &v.ViewBody)
}

// mine reports whether who asks may change a view.
func mine(ctx context.Context, row *store.SavedViewRow) bool {
	if row.Owner == "" {
		return identity.Who(ctx).In(identity.Office)
	}
	return row.Owner == ownerOf(ctx)
}

func (s *Server) createView(ctx context.Context, in *newViewInput) (*out[SavedView], error) {
	return s.keepView(ctx, newViewID(), &in.Body)
}

func newViewID() string { return randomID() }

func (s *Server) changeView(ctx context.Context, in *putViewInput) (*out[SavedView], error) {
	if row, err := s.ownView(ctx, in.ID); err != nil || row == nil {
		return nil, err
	}
	return s.keepView(ctx, in.ID, &in.Body)
}

// ownView gives a view that who asks may change; one that they may not even
// know of is not found.
func (s *Server) ownView(ctx context.Context, id string) (*store.SavedViewRow, error) {
	row, err := s.cfg.Store.SavedView(ctx, id)
	switch {
	case err != nil:
		return nil, s.fault(ctx, err)
	case row == nil || !mine(ctx, row):
		return nil, notFound(ctx)
	}
	return row, nil
}

func (s *Server) keepView(ctx context.Context, id string, body *ViewBody) (*out[SavedView], error) {
	owner := ownerOf(ctx)
	if owner == "" {
		return nil, problemNotYours.problem(requestID(ctx), "sign in to keep a view")
	}
	if body.Office && !identity.Who(ctx).In(identity.Office) {
		return nil, problemNotYours.problem(requestID(ctx), "the office alone publishes views")
	}
	if body.Name = strings.TrimSpace(body.Name); body.Name == "" {
		return nil, badField(ctx, "name", errors.New("give it a name"))
	}
	if body.Query = strings.TrimPrefix(body.Query, "?"); !readable(body.Query) {
		return nil, badField(ctx, "query", errors.New("write it as it stands in the address"))
	}
	if body.Office {
		owner = ""
	} else {
		body.Role = ""
	}
	text, err := json.Marshal(body)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	row := store.SavedViewRow{ID: id, Owner: owner, Role: body.Role, Page: body.Page, Changed: s.cfg.Clock().UTC().Truncate(time.Millisecond), Body: text}
	err = s.cfg.Store.PutSavedView(ctx, row, maxViews)
	switch {
	case errors.Is(err, store.ErrTaken):
		return nil, badField(ctx, "name", errors.New("a hundred views are kept already: drop one first"))
	case errors.Is(err, store.ErrText):
		return nil, badField(ctx, "name", errors.New("it cannot be kept as it is written"))
	case err != nil:
		return nil, s.fault(ctx, err)
	}
	return &out[SavedView]{SavedView{ID: id, ViewBody: *body, Changed: row.Changed, Mine: true}}, nil
}

func readable(query string) bool {
	_, err := url.ParseQuery(query)
	return err == nil
}

func (s *Server) dropView(ctx context.Context, in *viewInput) (*struct{}, error) {
	row, err := s.ownView(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.cfg.Store.DropSavedView(ctx, row.ID); err != nil {
		return nil, s.fault(ctx, err)
	}
	return &struct{}{}, nil
}
