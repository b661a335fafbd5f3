package server

import (
	"context"
	"errors"
	"net/http"

	"mingjing/internal/identity"
)

type changePasswordInput struct {
	Body struct {
		Old string `json:"old,omitempty" maxLength:"400" doc:"The present one; not needed at stage renew"`
		New string `json:"new" minLength:"1" maxLength:"400"`
	}
}

type passwordInput struct {
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"400" doc:"The person's own, once more"`
	}
}

// Enrolment is a second factor that waits for its first code.
type Enrolment struct {
	Secret string `json:"secret" doc:"Base32, for typing it into an authenticator"`
	URI    string `json:"uri" doc:"otpauth://…, to be drawn as a QR code"`
}

// RecoveryCodes are good once each, in place of the authenticator.
type RecoveryCodes struct {
	Codes []string `json:"codes" doc:"Shown this once"`
}

func (s *Server) routesAccount() {
	account(s, http.MethodPut, "/account/password", "change-password", "Change my password 修改密码", "All other sessions of the person end. A session at stage renew goes on under a new cookie.", s.changePassword, 429)
	account(s, http.MethodPost, "/account/totp", "enrol-totp", "Begin a second factor 启用验证器", "A secret for an authenticator (RFC 6238). It is in force once its first code was given; one that is in force stays so until then.", s.enrolTOTP, 429)
	account(s, http.MethodPut, "/account/totp", "confirm-totp", "Confirm the second factor 确认验证器", "By its first code. Former recovery codes are good no more.", s.confirmTOTP, 429)
	account(s, http.MethodPost, "/account/totp/removal", "drop-totp", "Take the second factor away 停用验证器", "", s.dropTOTP, 429)
}

// badField is a problem of a field of the body.
func badField(ctx context.Context, field string, err error) error {
	p := problemParameter.problem(requestID(ctx), "")
	p.Errors = []ProblemField{{Field: "body." + field, Message: err.Error()}}
	return p
}

func (s *Server) changePassword(ctx context.Context, in *changePasswordInput) (*sessionOut, error) {
	cookie, id, err := s.cfg.Accounts.ChangePassword(ctx, identity.Who(ctx), in.Body.Old, in.Body.New, askedOf(ctx).visit)
	if errors.Is(err, identity.ErrWeak) {
		return nil, badField(ctx, "new", err)
	}
	if err != nil {
		return nil, s.accountFault(ctx, err)
	}
	return s.reply(ctx, id, cookie)
}

func (s *Server) enrolTOTP(ctx context.Context, in *passwordInput) (*out[Enrolment], error) {
	e, err := s.cfg.Accounts.EnrolTOTP(ctx, identity.Who(ctx), in.Body.Password, askedOf(ctx).visit)
	if err != nil {
		return nil, s.accountFault(ctx, err)
	}
	return &out[Enrolment]{Enrolment{e.Secret, e.URI}}, nil
}

func (s *Server) confirmTOTP(ctx context.Context, in *codeInput) (*out[RecoveryCodes], error) {
	if _, err := signedIn(ctx); err != nil {
		return nil, err
	}
	codes, err := s.cfg.Accounts.ConfirmTOTP(ctx, identity.Who(ctx), in.Body.Code, askedOf(ctx).visit)
	if err != nil {
		return nil, s.accountFault(ctx, err)
	}
	return &out[RecoveryCodes]{RecoveryCodes{codes}}, nil
}

func (s *Server) dropTOTP(ctx context.Context, in *passwordInput) (*sessionOut, error) {
	who := identity.Who(ctx)
	if err := s.cfg.Accounts.DropTOTP(ctx, who, in.Body.Password, askedOf(ctx).visit); err != nil {
		return nil, s.accountFault(ctx, err)
	}
	return s.reply(ctx, who, "")
}
