package identity

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
	"golang.org/x/text/unicode/norm"

	"mingjing/internal/store"
)

// The kinds of credentials. One table holds all of them: OIDC keeps issuer and
// subject as the name, a passkey its credential id as the name and the public
// key as the secret, a client certificate its issuer and subject as the name. How each
// is shown belongs to the door at which it is shown; all end in Accounts.begin.
const (
	KindPassword    = "password"    // secret: argon2id, under a key outside the database: who steals the database cannot even guess
	KindTOTP        = "totp"        // secret: the shared secret, under a key outside the database
	KindRecovery    = "recovery"    // secret: keyed MAC of a code that is good once
	KindOIDC        = "oidc"        // name: keyed name of issuer and subject
	KindPasskey     = "passkey"     // name: credential id; secret: its record, under a key outside the database
	KindCertificate = "certificate" // name: keyed name of issuer and subject
)

// The states of credentials.
const (
	stateActive    = "active"
	statePending   = "pending"   // a second factor whose first code has not been seen
	stateTemporary = "temporary" // a password that somebody else gave
)

type credentials []store.CredentialRow

// of finds the first of a kind, nil when there is none.
func (c credentials) of(kind string) *store.CredentialRow {
	for i := range c {
		if c[i].Kind == kind {
			return &c[i]
		}
	}
	return nil
}

// active is of, less what is pending.
func (c credentials) active(kind string) *store.CredentialRow {
	if r := c.of(kind); r != nil && r.State != statePending {
		return r
	}
	return nil
}

// folded is a password as it is compared: the same however a keyboard composes it.
func folded(password string) string { return norm.NFKC.String(password) }

// normal is a username as it is compared.
func normal(username string) string { return strings.ToLower(strings.TrimSpace(username)) }

const (
	leastPassword = 10
	mostPassword  = 200 // bytes; the hash would take any number
)

// ErrWeak wraps why a password is not taken.
var ErrWeak = errors.New("password / 密码")

// CheckPassword says why a new password is not taken.
func CheckPassword(password, username string) error {
	password = folded(password)
	different := map[rune]bool{}
	for _, r := range password {
		different[unicode.ToLower(r)] = true
	}
	switch {
	case !utf8.ValidString(password) || len(password) > mostPassword:
		return fmt.Errorf("%w: too long, take at most %d bytes / 过长", ErrWeak, mostPassword)
	case utf8.RuneCountInString(password) < leastPassword:
		return fmt.Errorf("%w: too short, take at least %d characters / 至少 %d 个字符", ErrWeak, leastPassword, leastPassword)
	case len(different) < 5:
		return fmt.Errorf("%w: take at least five different characters / 至少包含 5 个不同字符", ErrWeak)
	case username != "" && strings.Contains(strings.ToLower(password), normal(username)):
		return fmt.Errorf("%w: the username stands in it / 不得包含用户名", ErrWeak)
	}
	return nil
}

// password makes a credential of a password.
func (a *Accounts) password(ctx context.Context, person, password, state string, now time.Time) (store.CredentialRow, error) {
	select {
	case a.busy <- struct{}{}:
		defer func() { <-a.busy }()
	case <-ctx.Done():
		return store.CredentialRow{}, fmt.Errorf("identity: %w", ctx.Err())
	}
	hash, err := argon2id.CreateHash(folded(password), a.cfg.Hash)
	if err != nil {
		return store.CredentialRow{}, fmt.Errorf("identity: %w", err)
	}
	sealed, err := a.cfg.Keys.Private(passwordPurpose(person), []byte(hash))
	if err != nil {
		return store.CredentialRow{}, fmt.Errorf("identity: %w", err)
	}
	return store.CredentialRow{ID: newID(), Person: person, Kind: KindPassword, State: state, Created: now, Secret: sealed}, nil
}

func passwordPurpose(person string) string { return "password " + person }

// right compares a password with a stored one, or with what nobody knows when
// own is nil: both take the same work.
func (a *Accounts) right(ctx context.Context, person string, own *store.CredentialRow, password string) (bool, error) {
	sealed := a.dummy
	if own != nil {
		sealed = own.Secret
	} else {
		person = ""
	}
	hash, err := a.cfg.Keys.OpenPrivate(passwordPurpose(person), sealed)
	if err != nil {
		return false, fmt.Errorf("identity: the password of %s: %w", person, err)
	}
	return a.compare(ctx, password, string(hash))
}

// renewHash hashes a right password anew when the stored one has another cost.
func (a *Accounts) renewHash(ctx context.Context, person string, own *store.CredentialRow, password string, now time.Time) error {
	hash, err := a.cfg.Keys.OpenPrivate(passwordPurpose(person), own.Secret)
	if err != nil {
		return fmt.Errorf("identity: the password of %s: %w", person, err)
	}
	if p, _, _, err := argon2id.DecodeHash(string(hash)); err != nil || *p == *a.cfg.Hash {
		return err
	}
	next, err := a.password(ctx, person, password, own.State, now)
	if err != nil {
		return err
	}
	if err := a.cfg.Store.PutCredentials(ctx, person, KindPassword, next); err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	return nil
}

// temporaryPassword is easy to read out and to type: no 0, O, 1, I or l.
func temporaryPassword() string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789" // 31: 14 of them are 69 bits
	var b strings.Builder
	for i := 0; b.Len() < 16; i++ {
		if b.Len() == 4 || b.Len() == 10 {
			b.WriteByte('-')
			continue
		}
		var one [1]byte
		for one[0] = 255; int(one[0]) >= 248; { // 8 × 31: each letter as likely
			_, _ = rand.Read(one[:]) // never fails (crypto/rand)
		}
		b.WriteByte(letters[one[0]%31])
	}
	return b.String()
}

// ChangePassword gives the person another password and ends all their other
// sessions. The old one is needed but where the session waits for a new one.
// Errors: ErrRefused when the old one is wrong, ErrWeak, *TooMany. A session
// that waited goes on under a new cookie; cookie is "" otherwise.
func (a *Accounts) ChangePassword(ctx context.Context, id Identity, old, fresh string, v Visit) (cookie string, _ Identity, err error) {
	if id.Person == "" || id.Stage == Code {
		return "", Identity{}, ErrRefused
	}
	now := a.cfg.Clock()
	_, kept, err := a.holder(ctx, id.Username)
	if err != nil {
		return "", Identity{}, err
	}
	own := kept.of(KindPassword)
	if own == nil {
		return "", Identity{}, ErrRefused
	}
	if id.Stage != Renew {
		if err := a.confirm(ctx, id, own, old, v, now); err != nil {
			return "", Identity{}, err
		}
	}
	if err := CheckPassword(fresh, id.Username); err != nil {
		return "", Identity{}, err
	}
	same, err := a.right(ctx, id.Person, own, fresh)
	if err != nil {
		return "", Identity{}, err
	}
	if same {
		return "", Identity{}, fmt.Errorf("%w: the new one is the old one / 新旧密码相同", ErrWeak)
	}
	next, err := a.password(ctx, id.Person, fresh, stateActive, now)
	if err != nil {
		return "", Identity{}, err
	}
	if err := a.cfg.Store.PutCredentials(ctx, id.Person, KindPassword, next); err != nil {
		return "", Identity{}, fmt.Errorf("identity: %w", err)
	}
	if err := a.cfg.Store.EndSessions(ctx, id.Person, id.Session, string(Changed), now); err != nil {
		return "", Identity{}, fmt.Errorf("identity: %w", err)
	}
	if id.Stage == Renew {
		return a.step(ctx, id, Open, now)
	}
	again, err := a.again(ctx, id.Session)
	return "", again, err
}

// confirm asks for the password of somebody who is signed in, as often as at
// the door: an open page must not be a place to guess it.
func (a *Accounts) confirm(ctx context.Context, id Identity, own *store.CredentialRow, password string, v Visit, now time.Time) error {
	name := a.attemptName(id.Username)
	if err := a.limits.take(v.IP, name, now); err != nil {
		return err
	}
	let, err := a.attempt(ctx, name, now)
	if err != nil {
		return err
	}
	right, err := a.right(ctx, id.Person, own, password)
	if err != nil {
		return err
	}
	if !right || !let {
		return ErrRefused
	}
	if err := a.cfg.Store.TakeBackAttempt(ctx, name, false); err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	return nil
}

// An Enrolment is a second factor that waits for its first code.
type Enrolment struct {
	Secret string // base32, for typing
	URI    string // otpauth://…, for the QR code
}

func totpPurpose(person string) string { return "totp " + person } // so that no row opens in another's place

// EnrolTOTP makes a new secret for the person's authenticator; a second factor
// that is in force stays so until ConfirmTOTP. It asks for the password.
// Errors: ErrRefused, *TooMany.
func (a *Accounts) EnrolTOTP(ctx context.Context, id Identity, password string, v Visit) (*Enrolment, error) {
	now := a.cfg.Clock()
	if id.Stage != Open && id.Stage != Choose {
		return nil, ErrRefused
	}
	_, kept, err := a.holder(ctx, id.Username)
	if err != nil {
		return nil, err
	}
	own := kept.of(KindPassword)
	if own == nil {
		return nil, ErrRefused
	}
	if err := a.confirm(ctx, id, own, password, v, now); err != nil {
		return nil, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: a.cfg.Issuer, AccountName: id.Username, SecretSize: 20})
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	sealed, err := a.cfg.Keys.Private(totpPurpose(id.Person), []byte(key.Secret()))
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	// Under a kind of its own, so that the one in force stays.
	row := store.CredentialRow{ID: newID(), Person: id.Person, Kind: KindTOTP + " " + statePending, State: statePending, Created: now, Secret: sealed}
	if err := a.cfg.Store.PutCredentials(ctx, id.Person, row.Kind, row); err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	return &Enrolment{Secret: key.Secret(), URI: key.URL()}, nil
}

// enrolFor is how long an enrolment waits for its first code.
const enrolFor = 15 * time.Minute

const recoveryCodes = 10

// ConfirmTOTP puts the enrolment into force by its first code and returns
// recovery codes, each good once, in place of all former ones. Errors:
// ErrRefused when the code is wrong or nothing waits, *TooMany.
func (a *Accounts) ConfirmTOTP(ctx context.Context, id Identity, code string, v Visit) ([]string, error) {
	now := a.cfg.Clock()
	if err := a.limits.take(v.IP, a.attemptName(id.Username), now); err != nil {
		return nil, err
	}
	_, kept, err := a.holder(ctx, id.Username)
	if err != nil {
		return nil, err
	}
	row := kept.of(KindTOTP + " " + statePending)
	if id.Person == "" || row == nil || now.Sub(row.Created) > enrolFor {
		return nil, ErrRefused
	}
	step, err := a.totpStep(id.Person, row, code, now)
	if err != nil {
		return nil, err
	}
	codes, rows, err := a.recovery(id.Person, now)
	if err != nil {
		return nil, err
	}
	inForce := *row
	inForce.ID, inForce.Kind, inForce.State, inForce.Counter, inForce.Used = newID(), KindTOTP, stateActive, step, now
	for _, put := range []struct {
		kind string
		rows []store.CredentialRow
	}{{KindRecovery, rows}, {KindTOTP, []store.CredentialRow{inForce}}, {row.Kind, nil}} { // never a factor without a way back
		if err := a.cfg.Store.PutCredentials(ctx, id.Person, put.kind, put.rows...); err != nil {
			return nil, fmt.Errorf("identity: %w", err)
		}
	}
	return codes, nil
}

// DropTOTP takes the second factor away. It asks for the password. Errors:
// ErrRefused, *TooMany.
func (a *Accounts) DropTOTP(ctx context.Context, id Identity, password string, v Visit) error {
	_, kept, err := a.holder(ctx, id.Username)
	if err != nil {
		return err
	}
	own := kept.of(KindPassword)
	if own == nil || id.Stage != Open && id.Stage != Choose {
		return ErrRefused
	}
	if err := a.confirm(ctx, id, own, password, v, a.cfg.Clock()); err != nil {
		return err
	}
	return a.dropSecond(ctx, id.Person)
}

func (a *Accounts) dropSecond(ctx context.Context, person string) error {
	for _, kind := range []string{KindTOTP, KindTOTP + " " + statePending, KindRecovery} {
		if err := a.cfg.Store.PutCredentials(ctx, person, kind); err != nil {
			return fmt.Errorf("identity: %w", err)
		}
	}
	return nil
}

// HasTOTP reports whether a second factor is in force, and how many recovery
// codes are left.
func (a *Accounts) HasTOTP(ctx context.Context, person string) (inForce bool, codes int, err error) {
	list, err := a.cfg.Store.Credentials(ctx, person)
	if err != nil {
		return false, 0, fmt.Errorf("identity: %w", err)
	}
	for i := range list {
		if list[i].Kind == KindRecovery {
			codes++
		}
	}
	return credentials(list).active(KindTOTP) != nil, codes, nil
}

// second takes a code of either kind, once. Errors: ErrRefused.
func (a *Accounts) second(ctx context.Context, person string, kept credentials, code string, now time.Time) error {
	code = plainCode(code)
	row := kept.active(KindTOTP)
	if row == nil {
		return ErrRefused
	}
	if len(code) != 6 {
		if code == "" {
			return ErrRefused
		}
		if err := a.cfg.Store.TakeCredential(ctx, person, KindRecovery, a.recoveryDigest(person, code)); err != nil {
			if errors.Is(err, store.ErrNotFound) {
				return ErrRefused
			}
			return fmt.Errorf("identity: %w", err)
		}
		return nil
	}
	step, err := a.totpStep(person, row, code, now)
	if err != nil {
		return err
	}
	// The same digits are good once, however long they last.
	if err := a.cfg.Store.UseCredential(ctx, row.ID, step, now); err != nil {
		if errors.Is(err, store.ErrNotFound) {
			return ErrRefused
		}
		return fmt.Errorf("identity: %w", err)
	}
	return nil
}

const totpPeriod = 30 // seconds

// totpStep finds the step of time whose digits these are: the present one, the
// one before or the one after, for clocks that are off.
func (a *Accounts) totpStep(person string, row *store.CredentialRow, code string, now time.Time) (int64, error) {
	secret, err := a.cfg.Keys.OpenPrivate(totpPurpose(person), row.Secret)
	if err != nil {
		return 0, fmt.Errorf("identity: the second factor of %s: %w", person, err)
	}
	for _, step := range []int64{now.Unix() / totpPeriod, now.Unix()/totpPeriod - 1, now.Unix()/totpPeriod + 1} {
		right, err := hotp.ValidateCustom(plainCode(code), uint64(step), string(secret), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && right {
			return step, nil
		}
	}
	return 0, ErrRefused
}

// plainCode takes out what people put between digits.
func plainCode(code string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, norm.NFKC.String(code))
}

// recovery makes codes of 50 bits, written as XXXXX-XXXXX.
func (a *Accounts) recovery(person string, now time.Time) (codes []string, rows []store.CredentialRow, err error) {
	for range recoveryCodes {
		var b [7]byte
		_, _ = rand.Read(b[:]) // never fails (crypto/rand)
		code := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])[:10]
		codes = append(codes, code[:5]+"-"+code[5:])
		rows = append(rows, store.CredentialRow{ID: newID(), Person: person, Kind: KindRecovery, State: stateActive, Created: now, Secret: a.recoveryDigest(person, code)})
	}
	return codes, rows, nil
}

func (a *Accounts) recoveryDigest(person, code string) []byte {
	name := a.cfg.Keys.PrivateName("recovery code "+person, []byte(code))
	if raw, err := hex.DecodeString(name); err == nil {
		return raw
	}
	return []byte(name)
}
