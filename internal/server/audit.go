package server

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"mingjing/internal/disclose"
	"mingjing/internal/identity"
)

// An AuditPort makes a server the auditors' port (审计特殊端口): it answers nobody
// but auditors, each by a client certificate that is bound to them, and takes
// nothing but reading, their sign-in and what they do as auditors.
type AuditPort struct {
	Desk      AuditDesk      // answers questions of auditors' own; nil: none are taken
	Askings   AuditAskings   // what was asked, from the log; with Desk
	Questions AuditQuestions // that are kept; with Desk
}

const auditPath = "/api/v1/audit/"

var problemPort = kind{"A120", 403, "此端口仅限持本人证书、以审计岗位登录者使用", "This port is for auditors alone, each signed in with the certificate that is bound to them", "使用绑定到本人的客户端证书登录，并选择审计岗位", "Sign in with the client certificate that is bound to you, and choose the post of an auditor", "never"}

// admit lets only an auditor pass whose connection shows their own certificate;
// signing in alone needs less. False: it has answered.
func (s *Server) admit(w http.ResponseWriter, r *http.Request) bool {
	if s.cfg.Audit == nil || strings.HasPrefix(r.URL.Path, "/api/v1/session") {
		return true
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead && !strings.HasPrefix(r.URL.Path, auditPath) {
		w.Header().Set("Allow", "GET, HEAD")
		s.fail(w, r, problemMethod)
		return false
	}
	who := identity.Who(r.Context())
	if !who.In(identity.Auditor) || s.cfg.Accounts == nil {
		s.fail(w, r, problemPort)
		return false
	}
	own, err := s.cfg.Accounts.HoldsCertificate(r.Context(), who.Person, certificateOf(r))
	if err != nil {
		s.refuseReader(w, r, err)
		return false
	}
	if !own {
		s.fail(w, r, problemPort)
	}
	return own
}

// auditing is an operation of the auditors' port.
func auditing(method, id, path, summary, description string, errs ...int) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: method, Path: auditPath + path, Summary: summary, Description: description + " At the auditors' own address only (see docs/operators.md).", Tags: []string{"audit"},
		Errors: append(errs, 401, 403, 422, 500, 503), Security: []map[string][]string{{"certificate": {}, "session": {}}},
	}
}

func (s *Server) routesAudit(api huma.API) {
	huma.Register(api, auditing(http.MethodGet, "list-audit-dockets", "dockets", "Dockets with their money 全部案卷及资金", "All dockets, each with the sums of its money from award to settlement and where they do not fit each other."), s.listAuditDockets)
	s.routesAsk(api)
	huma.Register(api, auditing(http.MethodGet, "get-trail", "dockets/{id}/trail", "Money trail 资金链", "Approval, award, contract, changes, payments and settlement of one docket, every step with its record, and where they do not fit each other: what deserves a check, never a verdict.", 404), s.getTrail)
}

// AuditDocketList is a page of dockets with their money.
type AuditDocketList struct {
	Items []AuditDocket `json:"items"`
	Next  string        `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
	Total int           `json:"total" doc:"Dockets on all pages, exact up to 10000"`
	More  bool          `json:"more,omitempty" doc:"There are more than total"`
}

// AuditDocket is one docket with its money.
type AuditDocket struct {
	DocketHead
	Ways        []disclose.MoneyWay `json:"ways"`
	Differences []string            `json:"differences" doc:"Kinds, such as paid-without-contract"`
}

func (s *Server) listAuditDockets(ctx context.Context, in *docketsInput) (*out[AuditDocketList], error) {
	page, err := s.listDockets(ctx, in)
	if err != nil {
		return nil, err
	}
	list := AuditDocketList{Items: []AuditDocket{}, Next: page.Body.Next, Total: page.Body.Total, More: page.Body.More}
	for _, head := range page.Body.Items {
		it := AuditDocket{DocketHead: head, Ways: []disclose.MoneyWay{}, Differences: []string{}}
		d, err := s.docket(ctx, head.ID)
		if err != nil {
			return nil, s.fault(ctx, err)
		}
		if d != nil { // it was there a moment ago
			if v := disclose.View(d, readerOf(ctx), s.cfg.Clock()); v != nil {
				t := v.Trail(nil)
				if err := s.noteTrail(ctx, v, t); err != nil {
					return nil, s.fault(ctx, err)
				}
				it.Ways = t.Ways
				for _, x := range t.Differences {
					if !slices.Contains(it.Differences, x.Kind) {
						it.Differences = append(it.Differences, x.Kind)
					}
				}
			}
		}
		list.Items = append(list.Items, it)
	}
	return &out[AuditDocketList]{list}, nil
}

// noteTrail notes what a trail shows of a view.
func (s *Server) noteTrail(ctx context.Context, v *disclose.Docket, t *disclose.Trail) error {
	sets := map[string]bool{}
	for _, step := range t.Steps {
		sets[step.Dataset] = true
	}
	var entries []disclose.Entry
	for _, e := range v.Entries {
		if sets[e.Dataset] {
			entries = append(entries, e)
		}
	}
	return s.note(ctx, v.ID, disclose.Noted(entries...)...)
}

func (s *Server) getTrail(ctx context.Context, in *docketInput) (*out[*disclose.Trail], error) {
	d, err := s.docket(ctx, in.ID)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if d == nil {
		return nil, notFound(ctx)
	}
	v := disclose.View(d, readerOf(ctx), s.cfg.Clock())
	if v == nil {
		return nil, notFound(ctx)
	}
	var project *disclose.Project
	if code := v.ProjectCode(); code != "" {
		if project, err = s.project(ctx, code, readerOf(ctx)); err != nil {
			return nil, s.fault(ctx, err)
		}
	}
	t := v.Trail(project)
	if err := s.noteTrail(ctx, v, t); err != nil {
		return nil, s.fault(ctx, err)
	}
	return &out[*disclose.Trail]{t}, nil
}
