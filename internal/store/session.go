package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// AddSession writes a new session, durably.
func (db *DB) AddSession(ctx context.Context, s SessionRow) error {
	if err := checkTexts("session", s.ID, s.Person, s.Post, s.Stage, s.IP, s.Agent, s.Why); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return db.put(ctx, "session", `INSERT INTO session (digest, id, person, post, stage, created, seen, expires, ended, why, ip, agent, proved) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		notNil(s.Digest), s.ID, s.Person, s.Post, s.Stage, ms(s.Created), ms(s.Seen), ms(s.Expires), ms(s.Ended), s.Why, s.IP, s.Agent, ms(s.Proved))
}

const sessionColumns = `s.digest, s.id, s.person, s.post, s.stage, s.created, s.seen, s.expires, s.ended, s.why, s.ip, s.agent, s.proved`

type sessionTimes struct{ created, seen, expires, ended, proved int64 }

func (s *SessionRow) fields(t *sessionTimes) []any {
	return []any{&s.Digest, &s.ID, &s.Person, &s.Post, &s.Stage, &t.created, &t.seen, &t.expires, &t.ended, &s.Why, &s.IP, &s.Agent, &t.proved}
}

func (s *SessionRow) set(t sessionTimes) {
	s.Created, s.Seen, s.Expires, s.Ended, s.Proved = instant(t.created), instant(t.seen), instant(t.expires), instant(t.ended), instant(t.proved)
}

func scanSession(sc scanner) (SessionRow, error) {
	var (
		s SessionRow
		t sessionTimes
	)
	err := sc.Scan(s.fields(&t)...)
	s.set(t)
	return s, err
}

func scanSessionState(sc scanner) (SessionState, error) {
	var (
		st                      SessionState
		t                       sessionTimes
		locked, created         int64
		id, person, role        sql.NullString
		begins, ends, withdrawn sql.NullInt64
		unit, lent              sql.NullString
		body                    []byte
	)
	into := append(st.Session.fields(&t), st.Person.fields(&locked, &created)...)
	err := sc.Scan(append(into, &id, &person, &role, &begins, &ends, &withdrawn, &unit, &lent, &body)...)
	st.Session.set(t)
	st.Person.set(locked, created)
	if id.Valid {
		st.Post = &PostRow{ID: id.String, Person: person.String, Role: role.String, Begins: instant(begins.Int64), Ends: instant(ends.Int64), Withdrawn: instant(withdrawn.Int64), Unit: unit.String, Lent: lent.String, Body: body}
	}
	return st, err
}

// sessionState joins on the person of both: a session in somebody else's post is in none.
const sessionState = `SELECT ` + sessionColumns + `, p.id, p.username, p.name, p.locked, p.created,
	o.id, o.person, o.role, o.begins, o.ends, o.withdrawn, o.unit, o.lent, o.body
	FROM session s JOIN person p ON p.id = s.person LEFT JOIN post o ON o.id = s.post AND o.person = s.person WHERE `

// Session returns the session of a cookie's digest, ended or not; nil when
// there is none.
func (db *DB) Session(ctx context.Context, digest []byte) (*SessionState, error) {
	return lookUp(ctx, db, "session", scanSessionState, sessionState+`s.digest = $1`, notNil(digest))
}

// SessionByID returns a session by its id, ended or not; nil when there is none.
func (db *DB) SessionByID(ctx context.Context, id string) (*SessionState, error) {
	return lookUp(ctx, db, "session", scanSessionState, sessionState+`s.id = $1`, id)
}

// Sessions returns a person's sessions that have not ended, the newest first.
func (db *DB) Sessions(ctx context.Context, person string) ([]SessionRow, error) {
	out, err := collect(ctx, db.read, scanSession, `SELECT `+sessionColumns+` FROM session s WHERE s.person = $1 AND s.ended = 0 ORDER BY s.created DESC, s.id LIMIT 1000`, person)
	if err != nil {
		return nil, fmt.Errorf("store: sessions: %w", err)
	}
	return out, nil
}

// StepSession moves a session on, durably, and to another cookie; ErrNotFound
// when it has ended or stands no longer where the step begins.
func (db *DB) StepSession(ctx context.Context, id, from, to, post string, digest []byte, expires time.Time) error {
	return db.changeAccess(ctx, "session", func(tx *sql.Tx) error {
		return touched(tx.ExecContext(ctx, `UPDATE session SET stage = $1, post = $2, digest = $3, expires = $4 WHERE id = $5 AND stage = $6 AND ended = 0`,
			to, post, notNil(digest), ms(expires), id, from))
	})
}

// SetSessionPost moves an open session to another post, durably.
func (db *DB) SetSessionPost(ctx context.Context, id, post string) error {
	return db.changeAccess(ctx, "session", func(tx *sql.Tx) error {
		return touched(tx.ExecContext(ctx, `UPDATE session SET post = $1 WHERE id = $2 AND stage = 'open' AND ended = 0`, post, id))
	})
}

// SeeSession notes that a session was used.
func (db *DB) SeeSession(ctx context.Context, id string, at time.Time, ip string) error {
	if err := checkTexts("session", ip); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	err := db.write(ctx, repeated, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE session SET seen = $1, ip = $2 WHERE id = $3 AND seen < $1 AND ended = 0`, ms(at), ip, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: session: %w", err)
	}
	return nil
}

// ProveSession notes, durably, that the person of a session proved anew who
// they are; ErrNotFound when it has ended.
func (db *DB) ProveSession(ctx context.Context, id string, at time.Time) error {
	err := db.write(ctx, durable, func(tx *sql.Tx) error {
		return touched(tx.ExecContext(ctx, `UPDATE session SET proved = $1 WHERE id = $2 AND ended = 0`, ms(at), id))
	})
	if err != nil {
		return fmt.Errorf("store: session: %w", err)
	}
	return nil
}

// EndSession ends one session of a person, durably; ErrNotFound when there is
// none that has not ended.
func (db *DB) EndSession(ctx context.Context, person, id, why string, at time.Time) error {
	return db.changeAccess(ctx, "session", func(tx *sql.Tx) error {
		return touched(tx.ExecContext(ctx, `UPDATE session SET ended = $1, why = $2 WHERE id = $3 AND person = $4 AND ended = 0`, ms(at), why, id, person))
	})
}

// EndSessions ends all sessions of a person but one, durably; except "" is none.
func (db *DB) EndSessions(ctx context.Context, person, except, why string, at time.Time) error {
	return db.changeAccess(ctx, "sessions", func(tx *sql.Tx) error {
		return endSessions(ctx, tx, person, except, why, at)
	})
}

func endSessions(ctx context.Context, tx *sql.Tx, person, except, why string, at time.Time) error {
	_, err := tx.ExecContext(ctx, `UPDATE session SET ended = $1, why = $2 WHERE person = $3 AND id <> $4 AND ended = 0`, ms(at), why, person, except)
	return err
}

// TidySessions forgets sessions that ended or expired, and attempts that were
// made, before a time.
func (db *DB) TidySessions(ctx context.Context, before time.Time) error {
	if err := db.put(ctx, "attempts", `DELETE FROM attempt WHERE at < $1 AND barred < $1`, ms(before)); err != nil {
		return err
	}
	return db.put(ctx, "sessions", `DELETE FROM session WHERE (ended <> 0 AND ended < $1) OR expires < $1`, ms(before))
}
