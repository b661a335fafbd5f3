package store

import "strings"

// An expr is a condition on a docket's words: all of, any of, one but not
// another, or a sequence of words that stand side by side. The zero expr is
// never met.
type expr struct {
	op     op
	of     []expr
	words  []string
	prefix bool // the last word may be longer
}

type op int

const (
	never op = iota
	always
	sequence
	allOf
	anyOf
	butNot // of[0] without of[1]
)

func word(w string) expr { return expr{op: sequence, words: []string{w}} }

func all(of ...expr) expr {
	var out []expr
	for _, e := range of {
		switch e.op {
		case never:
			return expr{}
		case always:
		case allOf:
			out = append(out, e.of...)
		default:
			out = append(out, e)
		}
	}
	switch len(out) {
	case 0:
		return expr{op: always}
	case 1:
		return out[0]
	}
	return expr{op: allOf, of: out}
}

func either(of ...expr) expr {
	var out []expr
	for _, e := range of {
		switch e.op {
		case never:
		case always:
			return expr{op: always}
		case anyOf:
			out = append(out, e.of...)
		default:
			out = append(out, e)
		}
	}
	switch len(out) {
	case 0:
		return expr{}
	case 1:
		return out[0]
	}
	return expr{op: anyOf, of: out}
}

// but is e without not. What is always met is not asked for without another
// condition, which no full text could answer from its index.
func but(e, not expr) expr {
	switch {
	case e.op == never || not.op == always:
		return expr{}
	case not.op == never:
		return e
	}
	return expr{op: butNot, of: []expr{e, not}}
}

// Words hold letters and digits only, so that quoting them is enough.

// fts writes the condition for SQLite's FTS5.
func (e expr) fts(b *strings.Builder) {
	switch e.op {
	case sequence:
		b.WriteString(`"` + strings.Join(e.words, " ") + `"`)
		if e.prefix {
			b.WriteString(" *")
		}
	case allOf, anyOf, butNot:
		e.join(b, map[op]string{allOf: " AND ", anyOf: " OR ", butNot: " NOT "}[e.op], expr.fts)
	}
}

// tsquery writes it for PostgreSQL.
func (e expr) tsquery(b *strings.Builder) {
	switch e.op {
	case sequence:
		b.WriteString("('" + strings.Join(e.words, "' <-> '") + "'")
		if e.prefix {
			b.WriteString(":*")
		}
		b.WriteString(")")
	case allOf, anyOf, butNot:
		e.join(b, map[op]string{allOf: " & ", anyOf: " | ", butNot: " & !"}[e.op], expr.tsquery)
	}
}

func (e expr) join(b *strings.Builder, between string, write func(expr, *strings.Builder)) {
	b.WriteString("(")
	for i, part := range e.of {
		if i > 0 {
			b.WriteString(between)
		}
		write(part, b)
	}
	b.WriteString(")")
}

func (e expr) text(write func(expr, *strings.Builder)) string {
	var b strings.Builder
	write(e, &b)
	return b.String()
}
