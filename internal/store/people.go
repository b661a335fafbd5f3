package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// A PersonRow is somebody who may sign in.
type PersonRow struct {
	ID       string
	Username string // lower case, unique
	Name     string
	Locked   bool
	Created  time.Time
}

// A PostRow is a capacity in which a person acts. It is never changed, only
// withdrawn.
type PostRow struct {
	ID        string
	Person    string
	Role      string
	Begins    time.Time
	Ends      time.Time // zero: open
	Withdrawn time.Time // zero: not
	Unit      string    // organisation; empty: none named
	Lent      string    // id of the post of somebody else that this one lends; empty: their own
	Body      []byte    // JSON of the caller
}

// A CredentialRow is what a person shows to be let in.
type CredentialRow struct {
	ID      string
	Person  string
	Kind    string
	Name    string // unique among its kind, unless empty
	Label   string
	State   string
	Counter int64
	Created time.Time
	Used    time.Time // zero: never
	Secret  []byte
}

// A SessionRow is one sign-in of a person.
type SessionRow struct {
	Digest  []byte // SHA-256 of the cookie
	ID      string
	Person  string
	Post    string // empty: none chosen
	Stage   string
	Created time.Time
	Seen    time.Time
	Expires time.Time
	Ended   time.Time // zero: not
	Why     string    // it ended
	IP      string
	Agent   string
	Proved  time.Time // zero: never; else when the person last showed who they are
}

// A SessionState is a session with what its validity hangs on.
type SessionState struct {
	Session SessionRow
	Person  PersonRow
	Post    *PostRow // nil: none chosen
}

// access counts a change that may end somebody's access. Every transaction
// that makes one calls it, so that whoever sees a new count sees the change.
func access(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `UPDATE access SET n = n + 1 WHERE one = 1`)
	return err
}

// Access is a number that grows with every change that may end somebody's
// access: a token, post or session ended, a person locked.
func (db *DB) Access(ctx context.Context) (int64, error) {
	var n int64
	if err := db.read.QueryRowContext(ctx, `SELECT n FROM access WHERE one = 1`).Scan(&n); err != nil {
		return 0, fmt.Errorf("store: access: %w", err)
	}
	return n, nil
}

// AddPerson writes a new person, durably, with their first credential; ErrTaken
// when the username is another's.
func (db *DB) AddPerson(ctx context.Context, p PersonRow, c CredentialRow) error {
	err := errors.Join(checkTexts("person", p.ID, p.Username, p.Name), checkCredential(c))
	if err == nil {
		err = db.write(ctx, durable, func(tx *sql.Tx) error {
			err := touched(tx.ExecContext(ctx, `INSERT INTO person (id, username, name, locked, created) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
				p.ID, p.Username, p.Name, flag(p.Locked), ms(p.Created)))
			if errors.Is(err, ErrNotFound) {
				return ErrTaken
			}
			if err != nil {
				return err
			}
			return putCredential(ctx, tx, c)
		})
	}
	if err != nil {
		return fmt.Errorf("store: person: %w", err)
	}
	return nil
}

const personColumns = `id, username, name, locked, created`

func (p *PersonRow) fields(locked, created *int64) []any {
	return []any{&p.ID, &p.Username, &p.Name, locked, created}
}

func (p *PersonRow) set(locked, created int64) {
	p.Locked, p.Created = locked != 0, instant(created)
}

func scanPerson(s scanner) (PersonRow, error) {
	var (
		p               PersonRow
		locked, created int64
	)
	err := s.Scan(p.fields(&locked, &created)...)
	p.set(locked, created)
	return p, err
}

// lookUp reads one row, nil when there is none.
func lookUp[T any](ctx context.Context, db *DB, what string, scan func(scanner) (T, error), query string, args ...any) (*T, error) {
	v, err := scan(db.read.QueryRowContext(ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", what, err)
	}
	return &v, nil
}

// Person returns a person by id, nil when there is none.
func (db *DB) Person(ctx context.Context, id string) (*PersonRow, error) {
	return lookUp(ctx, db, "person", scanPerson, `SELECT `+personColumns+` FROM person WHERE id = $1`, id)
}

// PersonNamed returns a person by username, nil when there is none.
func (db *DB) PersonNamed(ctx context.Context, username string) (*PersonRow, error) {
	return lookUp(ctx, db, "person", scanPerson, `SELECT `+personColumns+` FROM person WHERE username = $1`, username)
}

// People returns a page of people in the order of their usernames, after one.
func (db *DB) People(ctx context.Context, after string, limit int) ([]PersonRow, error) {
	out, err := collect(ctx, db.read, scanPerson, `SELECT `+personColumns+` FROM person WHERE username > $1 ORDER BY username LIMIT $2`, after, limitOf(limit))
	if err != nil {
		return nil, fmt.Errorf("store: people: %w", err)
	}
	return out, nil
}

// LockPerson locks a person and ends their sessions, or unlocks, durably;
// ErrNotFound when there is none.
func (db *DB) LockPerson(ctx context.Context, id string, locked bool, why string, at time.Time) error {
	return db.changeAccess(ctx, "person", func(tx *sql.Tx) error {
		if err := touched(tx.ExecContext(ctx, `UPDATE person SET locked = $1 WHERE id = $2`, flag(locked), id)); err != nil || !locked {
			return err
		}
		return endSessions(ctx, tx, id, "", why, at)
	})
}

// changeAccess runs fn durably and counts the change.
func (db *DB) changeAccess(ctx context.Context, what string, fn func(tx *sql.Tx) error) error {
	err := db.write(ctx, durable, func(tx *sql.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return access(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("store: %s: %w", what, err)
	}
	return nil
}

// CountAttempt notes an attempt to sign in under a name before it is looked at,
// so that attempts made at once count each other: let is whether it may be
// looked at. The attempt that fills the number bars all further ones until a
// time. A bar that is over, and attempts older than forget, count no more.
func (db *DB) CountAttempt(ctx context.Context, name string, now time.Time, most int, until, forget time.Time) (let bool, err error) {
	if err := checkTexts("attempt", name); err != nil {
		return false, fmt.Errorf("store: %w", err)
	}
	err = db.write(ctx, durable, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM attempt WHERE name = $1 AND (barred <> 0 AND barred <= $2 OR barred = 0 AND at < $3)`, name, ms(now), ms(forget)); err != nil {
			return err
		}
		err := touched(tx.ExecContext(ctx, `INSERT INTO attempt (name, failures, barred, at) VALUES ($1, 1, CASE WHEN 1 >= CAST($2 AS bigint) THEN CAST($3 AS bigint) ELSE 0 END, $4)
			ON CONFLICT (name) DO UPDATE SET failures = attempt.failures + 1, at = excluded.at,
			barred = CASE WHEN attempt.failures + 1 >= CAST($2 AS bigint) THEN CAST($3 AS bigint) ELSE 0 END WHERE attempt.barred = 0`,
			name, int64(most), ms(until), ms(now)))
		if let = err == nil; errors.Is(err, ErrNotFound) {
			return nil
		}
		return err
	})
	if err != nil {
		return false, fmt.Errorf("store: attempt: %w", err)
	}
	return let, nil
}

// TakeBackAttempt takes back one counted attempt and the bar it may have
// raised, or all of them.
func (db *DB) TakeBackAttempt(ctx context.Context, name string, all bool) error {
	query := `UPDATE attempt SET failures = failures - 1, barred = 0 WHERE name = $1 AND failures > 0`
	if all {
		query = `DELETE FROM attempt WHERE name = $1`
	}
	return db.put(ctx, "attempt", query, name)
}

// Barred returns until when attempts under these names are not looked at; a
// name that is not barred is not in it.
func (db *DB) Barred(ctx context.Context, names []string, now time.Time) (map[string]time.Time, error) {
	type bar struct {
		name  string
		until int64
	}
	list, err := collect(ctx, db.read, func(s scanner) (b bar, err error) { return b, s.Scan(&b.name, &b.until) },
		`SELECT name, barred FROM attempt WHERE name `+db.in("$1", kindText)+` AND barred > $2`, db.list(names), ms(now))
	if err != nil {
		return nil, fmt.Errorf("store: attempts: %w", err)
	}
	out := map[string]time.Time{}
	for _, b := range list {
		out[b.name] = instant(b.until)
	}
	return out, nil
}

// AddPost writes a new post, durably.
func (db *DB) AddPost(ctx context.Context, p PostRow) error {
	if err := checkTexts("post", p.ID, p.Person, p.Role, p.Unit, p.Lent, string(p.Body)); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return db.put(ctx, "post", `INSERT INTO post (id, person, role, begins, ends, withdrawn, unit, lent, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		p.ID, p.Person, p.Role, ms(p.Begins), ms(p.Ends), ms(p.Withdrawn), p.Unit, p.Lent, string(p.Body))
}

const postColumns = `id, person, role, begins, ends, withdrawn, unit, lent, body`

func scanPost(s scanner) (PostRow, error) {
	var (
		p                       PostRow
		begins, ends, withdrawn int64
	)
	err := s.Scan(&p.ID, &p.Person, &p.Role, &begins, &ends, &withdrawn, &p.Unit, &p.Lent, &p.Body)
	p.Begins, p.Ends, p.Withdrawn = instant(begins), instant(ends), instant(withdrawn)
	return p, err
}

// Posts returns the posts of these people, withdrawn and ended ones too, in the
// order of their beginning.
func (db *DB) Posts(ctx context.Context, people []string) ([]PostRow, error) {
	out, err := collect(ctx, db.read, scanPost, `SELECT `+postColumns+` FROM post WHERE person `+db.in("$1", kindText)+` ORDER BY begins, id`, db.list(people))
	if err != nil {
		return nil, fmt.Errorf("store: posts: %w", err)
	}
	return out, nil
}

// LentPosts returns the posts that lend one of these, as Posts does.
func (db *DB) LentPosts(ctx context.Context, posts []string) ([]PostRow, error) {
	out, err := collect(ctx, db.read, scanPost, `SELECT `+postColumns+` FROM post WHERE lent <> '' AND lent `+db.in("$1", kindText)+` ORDER BY begins, id`, db.list(posts))
	if err != nil {
		return nil, fmt.Errorf("store: lent posts: %w", err)
	}
	return out, nil
}

// PostsOfUnit returns the posts in an organisation, as Posts does.
func (db *DB) PostsOfUnit(ctx context.Context, unit string) ([]PostRow, error) {
	if unit == "" {
		return nil, nil
	}
	out, err := collect(ctx, db.read, scanPost, `SELECT `+postColumns+` FROM post WHERE unit <> '' AND unit = $1 ORDER BY begins, id`, unit)
	if err != nil {
		return nil, fmt.Errorf("store: posts of %s: %w", unit, err)
	}
	return out, nil
}

// WithdrawPost ends a person's post and all that lend it, durably; ErrNotFound
// when there is none that is not withdrawn.
func (db *DB) WithdrawPost(ctx context.Context, person, id string, at time.Time) error {
	return db.changeAccess(ctx, "post", func(tx *sql.Tx) error {
		if err := touched(tx.ExecContext(ctx, `UPDATE post SET withdrawn = $1 WHERE id = $2 AND person = $3 AND withdrawn = 0`, ms(at), id, person)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE post SET withdrawn = $1 WHERE lent <> '' AND lent = $2 AND withdrawn = 0`, ms(at), id)
		return err
	})
}

// An OrganisationRow is an organisation as it is from a time on.
type OrganisationRow struct {
	ID     string
	Begins time.Time
	Body   []byte // JSON of the caller
}

// AddOrganisations writes versions of organisations, all or none, durably;
// ErrTaken when one of the same organisation begins at the same time.
func (db *DB) AddOrganisations(ctx context.Context, list ...OrganisationRow) error {
	err := db.write(ctx, durable, func(tx *sql.Tx) error {
		for _, o := range list {
			if err := checkTexts("organisation", o.ID, string(o.Body)); err != nil {
				return err
			}
			err := touched(tx.ExecContext(ctx, `INSERT INTO organisation (id, begins, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, o.ID, ms(o.Begins), string(o.Body)))
			if errors.Is(err, ErrNotFound) {
				return ErrTaken
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: organisation: %w", err)
	}
	return nil
}

// Organisations returns all versions of all organisations, in the order of ids
// and beginnings.
func (db *DB) Organisations(ctx context.Context) ([]OrganisationRow, error) {
	out, err := collect(ctx, db.read, func(s scanner) (o OrganisationRow, err error) {
		var begins int64
		err = s.Scan(&o.ID, &begins, &o.Body)
		o.Begins = instant(begins)
		return o, err
	}, `SELECT id, begins, body FROM organisation ORDER BY id, begins`)
	if err != nil {
		return nil, fmt.Errorf("store: organisations: %w", err)
	}
	return out, nil
}

func checkCredential(c CredentialRow) error {
	return checkTexts("credential", c.ID, c.Person, c.Kind, c.Name, c.Label, c.State)
}

func putCredential(ctx context.Context, tx *sql.Tx, c CredentialRow) error {
	err := touched(tx.ExecContext(ctx, `INSERT INTO credential (id, person, kind, name, label, state, counter, created, used, secret) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
		c.ID, c.Person, c.Kind, c.Name, c.Label, c.State, c.Counter, ms(c.Created), ms(c.Used), notNil(c.Secret)))
	if errors.Is(err, ErrNotFound) {
		return ErrTaken
	}
	return err
}

// PutCredentials writes a person's credentials of one kind, durably, in place
// of all of that kind; none takes them away. ErrTaken when a name is another's.
func (db *DB) PutCredentials(ctx context.Context, person, kind string, list ...CredentialRow) error {
	err := db.write(ctx, durable, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM credential WHERE person = $1 AND kind = $2`, person, kind); err != nil {
			return err
		}
		for _, c := range list {
			if err := errors.Join(checkCredential(c), putCredential(ctx, tx, c)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: credential: %w", err)
	}
	return nil
}

// AddCredential writes one more credential, durably; ErrTaken when its name is
// another's.
func (db *DB) AddCredential(ctx context.Context, c CredentialRow) error {
	err := checkCredential(c)
	if err == nil {
		err = db.write(ctx, durable, func(tx *sql.Tx) error { return putCredential(ctx, tx, c) })
	}
	if err != nil {
		return fmt.Errorf("store: credential: %w", err)
	}
	return nil
}

// DropCredential takes one of a person's credentials away, durably; ErrNotFound
// when there is none.
func (db *DB) DropCredential(ctx context.Context, person, kind, id string) error {
	err := db.write(ctx, durable, func(tx *sql.Tx) error {
		return touched(tx.ExecContext(ctx, `DELETE FROM credential WHERE id = $1 AND person = $2 AND kind = $3`, id, person, kind))
	})
	if err != nil {
		return fmt.Errorf("store: credential: %w", err)
	}
	return nil
}

// SaveCredential notes, durably, a use of a credential that changed what it
// holds; ErrNotFound when it does not hold what it was.
func (db *DB) SaveCredential(ctx context.Context, id string, was, secret []byte, at time.Time) error {
	err := db.write(ctx, durable, func(tx *sql.Tx) error {
		return touched(tx.ExecContext(ctx, `UPDATE credential SET secret = $1, used = $2 WHERE id = $3 AND secret = $4`, notNil(secret), ms(at), id, notNil(was)))
	})
	if err != nil {
		return fmt.Errorf("store: credential: %w", err)
	}
	return nil
}

const credentialColumns = `id, person, kind, name, label, state, counter, created, used, secret`

func scanCredential(s scanner) (CredentialRow, error) {
	var (
		c             CredentialRow
		created, used int64
	)
	err := s.Scan(&c.ID, &c.Person, &c.Kind, &c.Name, &c.Label, &c.State, &c.Counter, &created, &used, &c.Secret)
	c.Created, c.Used, c.Secret = instant(created), instant(used), notNil(c.Secret)
	return c, err
}

// Credentials returns what these people have, in the order of making.
func (db *DB) Credentials(ctx context.Context, people ...string) ([]CredentialRow, error) {
	out, err := collect(ctx, db.read, scanCredential, `SELECT `+credentialColumns+` FROM credential WHERE person `+db.in("$1", kindText)+` ORDER BY created, id`, db.list(people))
	if err != nil {
		return nil, fmt.Errorf("store: credentials: %w", err)
	}
	return out, nil
}

// CredentialNamed finds a credential by its name among a kind, nil when there
// is none.
func (db *DB) CredentialNamed(ctx context.Context, kind, name string) (*CredentialRow, error) {
	if name == "" {
		return nil, nil
	}
	return lookUp(ctx, db, "credential", scanCredential, `SELECT `+credentialColumns+` FROM credential WHERE kind = $1 AND name = $2`, kind, name)
}

// UseCredential notes, durably, that a credential was used at a counter and
// makes it active; ErrNotFound when it was used there or later before.
func (db *DB) UseCredential(ctx context.Context, id string, counter int64, at time.Time) error {
	err := db.write(ctx, durable, func(tx *sql.Tx) error {
		return touched(tx.ExecContext(ctx, `UPDATE credential SET counter = $1, used = $2, state = 'active' WHERE id = $3 AND counter < $1`, counter, ms(at), id))
	})
	if err != nil {
		return fmt.Errorf("store: credential: %w", err)
	}
	return nil
}

// TakeCredential takes away, durably, the one credential with this secret, as a
// code that is good once; ErrNotFound when there is none any more.
func (db *DB) TakeCredential(ctx context.Context, person, kind string, secret []byte) error {
	err := db.write(ctx, durable, func(tx *sql.Tx) error {
		return touched(tx.ExecContext(ctx, `DELETE FROM credential WHERE person = $1 AND kind = $2 AND secret = $3`, person, kind, notNil(secret)))
	})
	if err != nil {
		return fmt.Errorf("store: credential: %w", err)
	}
	return nil
}

// Once notes, durably, that something was used that is good once, and forgets
// what would be too old by now; ErrTaken when it was used before.
func (db *DB) Once(ctx context.Context, name string, until, now time.Time) error {
	err := checkTexts("once", name)
	if err == nil {
		err = db.write(ctx, durable, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, `DELETE FROM once WHERE until < $1`, ms(now)); err != nil {
				return err
			}
			err := touched(tx.ExecContext(ctx, `INSERT INTO once (name, until) VALUES ($1, $2) ON CONFLICT DO NOTHING`, name, ms(until)))
			if errors.Is(err, ErrNotFound) {
				return ErrTaken
			}
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("store: once: %w", err)
	}
	return nil
}
