package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mingjing/internal/disclose"
	"mingjing/internal/identity"
	"mingjing/internal/store"
)

// SessionState says who asks and how far their sign-in has come.
type SessionState struct {
	Stage    string              `json:"stage" enum:"none,code,renew,post,open" doc:"none: nobody is signed in, or a token asks; code: the second factor is missing; renew: the password must be changed; post: a post must be chosen; open: signed in"`
	Person   *SessionPerson      `json:"person,omitempty"`
	Post     *identity.Post      `json:"post,omitempty" doc:"In which the person acts"`
	Posts    []identity.Post     `json:"posts" doc:"Those of the person that are in force, once signed in"`
	Audience string              `json:"audience" enum:"source,supervisor,auditor,administrator,public" doc:"As whom the disclosure table lets this reader read"`
	Until    time.Time           `json:"until,omitzero" doc:"When the session ends at the latest"`
	IdleFor  int                 `json:"idle_for,omitempty" doc:"After so many seconds without use it ends too"`
	Factor   *SessionSecondState `json:"factor,omitempty"`
	Proved   time.Time           `json:"proved_until,omitzero" doc:"Until then no fresh proof is asked for; absent when the next act that needs one will ask"`
	Ways     SessionWays         `json:"ways"`
	Port     string              `json:"port,omitempty" enum:"audit" doc:"This is the auditors' port; absent: it is not"`
}

// SessionWays are the ways in, besides a password.
type SessionWays struct {
	Passkey     bool     `json:"passkey" doc:"Passkeys can be used at this address"`
	SSO         []SSOWay `json:"sso" doc:"Single sign-ons; each begins at /sso/{id}"`
	Certificate bool     `json:"certificate,omitempty" doc:"This connection has shown a client certificate"`
}

// SSOWay is a single sign-on.
type SSOWay struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// SessionPerson is who is signed in.
type SessionPerson struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	Name     string `json:"name"`
}

// SessionSecondState is whether the person has a second factor.
type SessionSecondState struct {
	TOTP     bool `json:"totp" doc:"A second factor is in force"`
	Recovery int  `json:"recovery" doc:"Recovery codes left"`
	Passkeys int  `json:"passkeys" doc:"Passkeys that the person has"`
}

// sessionOut sets the cookie where there is a new one.
type sessionOut struct {
	SetCookie []string `header:"Set-Cookie"`
	Body      SessionState
}

type done struct {
	SetCookie []string `header:"Set-Cookie"`
}

type signInInput struct {
	Body struct {
		Username string `json:"username" minLength:"1" maxLength:"100"`
		Password string `json:"password" minLength:"1" maxLength:"400"`
	}
}

type codeInput struct {
	Body struct {
		Code string `json:"code" minLength:"6" maxLength:"40" doc:"Six digits of the authenticator, or a recovery code"`
	}
}

type choosePostInput struct {
	Body struct {
		Post string `json:"post" minLength:"1" maxLength:"40" doc:"Id of one of the person's posts"`
	}
}

// SessionList is a person's sessions, the newest first.
type SessionList struct {
	Items []identity.Session `json:"items"`
}

type endSessionInput struct {
	ID string `path:"id" maxLength:"40" doc:"Id of one of the person's sessions"`
}

type endSessionsInput struct {
	Others bool `query:"others" doc:"All but this one"`
}

// account registers an operation of sign-in.
func account[I, O any](s *Server, method, path, id, summary, description string, handle func(context.Context, *I) (*O, error), errs ...int) {
	huma.Register(s.api, huma.Operation{
		OperationID: id, Method: method, Path: "/api/v1" + path, Summary: summary, Description: description, Tags: []string{"sign-in"},
		Errors: append(errs, 401, 403, 422, 500, 503), Security: []map[string][]string{{"session": {}}},
	}, func(ctx context.Context, in *I) (*O, error) {
		if s.cfg.Accounts == nil {
			return nil, problemNoAccounts.problem(requestID(ctx), "")
		}
		return handle(ctx, in)
	})
}

func (s *Server) routesSession() {
	account(s, http.MethodGet, "/session", "get-session", "Who is signed in 当前登录",
		"Nobody is an answer too. A cookie of an ended session is answered by 401 with the reason, and taken away.", s.getSession)
	account(s, http.MethodPost, "/session", "sign-in", "Sign in 登录",
		"By username and password. The answer's stage says what is still missing. A wrong name, a wrong password and a locked account are answered alike.", s.signIn, 429)
	account(s, http.MethodDelete, "/session", "sign-out", "Sign out 退出", "Ends this session.", s.signOut)
	account(s, http.MethodPost, "/session/totp", "give-code", "Second factor 验证码", "For a session at stage code. It goes on under a new cookie.", s.giveCode, 429)
	account(s, http.MethodPost, "/session/post", "choose-post", "Choose a post 选择岗位", "For a session at stage post or open. Pages and streams open in the former post end.", s.choosePost, 404)
	account(s, http.MethodGet, "/sessions", "list-sessions", "My sessions 我的登录", "Those that last, the newest first.", s.listSessions)
	account(s, http.MethodDelete, "/sessions", "end-sessions", "Sign out everywhere 全部退出", "Ends all of the person's sessions; with others all but this one.", s.endSessions)
	account(s, http.MethodDelete, "/sessions/{id}", "end-session", "End a session 结束登录", "What is open in it ends within a second.", s.endSession, 404)
}

// state describes who asks.
func (s *Server) state(ctx context.Context, id identity.Identity) (SessionState, error) {
	st := SessionState{Stage: string(id.Stage), Posts: []identity.Post{}, Audience: string(id.Reader.Audience), Until: id.Expires}
	if st.Audience == "" {
		st.Audience = string(disclose.Public)
	}
	st.Ways = s.ways(ctx)
	if s.cfg.Audit != nil {
		st.Port = "audit"
	}
	if id.Person == "" {
		return st, nil
	}
	st.Person = &SessionPerson{id.Person, id.Username, id.Name}
	st.IdleFor = int(s.cfg.Accounts.Idle().Seconds())
	if id.Stage == identity.Open {
		st.Post = &id.Post
	}
	if id.Stage == identity.Open || id.Stage == identity.Choose {
		posts, err := s.cfg.Accounts.PostsInForce(ctx, id.Person)
		if err != nil {
			return st, err
		}
		st.Posts = posts
		totp, codes, err := s.cfg.Accounts.HasTOTP(ctx, id.Person)
		if err != nil {
			return st, err
		}
		keys, err := s.cfg.Accounts.Passkeys(ctx, id.Person)
		if err != nil {
			return st, err
		}
		st.Factor = &SessionSecondState{totp, codes, len(keys)}
		st.Proved = s.cfg.Accounts.Fresh(id)
	}
	return st, nil
}

// reply is state as an answer, with a new cookie unless it is "".
func (s *Server) reply(ctx context.Context, id identity.Identity, cookie string) (*sessionOut, error) {
	st, err := s.state(ctx, id)
	if err != nil {
		return nil, s.accountFault(ctx, err)
	}
	o := &sessionOut{Body: st}
	if cookie != "" {
		o.SetCookie = []string{s.cookie(askedOf(ctx).request, cookie)}
	}
	return o, nil
}

func (s *Server) getSession(ctx context.Context, _ *struct{}) (*sessionOut, error) {
	return s.reply(ctx, identity.Who(ctx), "")
}

func (s *Server) signIn(ctx context.Context, in *signInInput) (*sessionOut, error) {
	cookie, id, err := s.cfg.Accounts.SignIn(ctx, in.Body.Username, in.Body.Password, askedOf(ctx).visit)
	if err != nil {
		return nil, s.accountFault(ctx, err)
	}
	return s.reply(ctx, id, cookie)
}

func (s *Server) giveCode(ctx context.Context, in *codeInput) (*sessionOut, error) {
	cookie, id, err := s.cfg.Accounts.Code(ctx, identity.Who(ctx), in.Body.Code, askedOf(ctx).visit)
	if err != nil {
		return nil, s.accountFault(ctx, err)
	}
	return s.reply(ctx, id, cookie)
}

func (s *Server) choosePost(ctx context.Context, in *choosePostInput) (*sessionOut, error) {
	id, err := s.cfg.Accounts.ChoosePost(ctx, identity.Who(ctx), in.Body.Post)
	if errors.Is(err, identity.ErrNoPost) {
		return nil, notFound(ctx)
	}
	if err != nil {
		return nil, s.accountFault(ctx, err)
	}
	return s.reply(context.WithoutCancel(ctx), id, "") // the request's own context ends with the former post
}

func (s *Server) signOut(ctx context.Context, _ *struct{}) (*done, error) {
	a := askedOf(ctx)
	if err := s.cfg.Accounts.SignOut(ctx, a.visit.Have); err != nil {
		return nil, s.accountFault(ctx, err)
	}
	return &done{[]string{s.cookie(a.request, "")}}, nil
}

// signedIn gives who is signed in past the second factor, or a problem.
func signedIn(ctx context.Context) (identity.Identity, error) {
	id := identity.Who(ctx)
	if id.Stage != identity.Open && id.Stage != identity.Choose {
		return id, problemRefused.problem(requestID(ctx), "")
	}
	return id, nil
}

func (s *Server) listSessions(ctx context.Context, _ *struct{}) (*out[SessionList], error) {
	id, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.cfg.Accounts.Sessions(ctx, id)
	if err != nil {
		return nil, s.accountFault(ctx, err)
	}
	return &out[SessionList]{SessionList{list}}, nil
}

func (s *Server) endSession(ctx context.Context, in *endSessionInput) (*done, error) {
	id, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	err = s.cfg.Accounts.EndSession(ctx, id, in.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, notFound(ctx)
	}
	if err != nil {
		return nil, s.accountFault(ctx, err)
	}
	return s.ended(ctx, in.ID == id.Session), nil
}

func (s *Server) endSessions(ctx context.Context, in *endSessionsInput) (*done, error) {
	id, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.cfg.Accounts.EndAll(ctx, id, in.Others); err != nil {
		return nil, s.accountFault(ctx, err)
	}
	return s.ended(ctx, !in.Others), nil
}

// ended takes the cookie away when the session that asks has ended.
func (s *Server) ended(ctx context.Context, own bool) *done {
	if !own {
		return &done{}
	}
	return &done{[]string{s.cookie(askedOf(ctx).request, "")}}
}
