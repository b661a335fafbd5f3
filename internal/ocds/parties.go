package ocds

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/trade"
)

// Scheme is the list from which organisations' identifiers are taken: unified
// social credit codes by GB 32100.
const Scheme = "CN-USCC"

// unnamed begins the id of a party that is known by name alone.
const unnamed = "name-"

// A party is one organisation as a row names it.
type party struct {
	id, code, name string // code is set when it is a credit code that holds
}

func partyOf(name, code string) party {
	name, code = strings.TrimSpace(name), strings.TrimSpace(code)
	p := party{name: name}
	switch {
	case code != "" && trade.CheckOrgCode(code) == nil && !personal(code):
		p.code, p.id = code, Scheme+"-"+code
	case code != "" && disclose.Blot(code) == code:
		p.id = code // a local code, or that of an imported release
	case name != "":
		sum := sha256.Sum256([]byte(name)) // a person's number never leaves the house
		p.id = unnamed + hex.EncodeToString(sum[:8])
	}
	return p
}

// personal reports whether a code that could be an organisation's is an ID
// number by its own check: digits of a birthday and the check character.
func personal(code string) bool {
	if len(code) != 18 || trade.IDCheck(code[:17]) != code[17] {
		return false
	}
	_, err := time.Parse("20060102", code[6:14])
	return err == nil
}

// pairs splits names and codes that may stand several in one field. Codes are
// only paired with names when there are as many.
func pairs(names, codes string) []party {
	ns := strings.FieldsFunc(names, func(r rune) bool { return r == ';' || r == '；' })
	cs := strings.FieldsFunc(codes, func(r rune) bool { return r == ';' || r == '；' })
	var out []party
	if len(ns) == 0 {
		ns = make([]string, len(cs))
	}
	for i, n := range ns {
		code := ""
		if len(cs) == len(ns) {
			code = cs[i]
		}
		if p := partyOf(n, code); p.id != "" && !slices.ContainsFunc(out, func(o party) bool { return o.id == p.id }) {
			out = append(out, p)
		}
	}
	return out
}

// reference is how a party is named where it plays its part.
func (p party) reference() *object {
	o := newObject()
	if p.name != "" {
		o.set("name", p.name)
	}
	o.set("id", p.id)
	return o
}

// into puts a party with a role among the release's parties.
func (p party) into(release *object, role string) {
	o := release.item("parties", p.id)
	if p.name != "" {
		o.set("name", p.name)
	}
	if p.code != "" {
		id := o.child("identifier")
		id.set("scheme", Scheme)
		id.set("id", p.code)
		if p.name != "" {
			id.set("legalName", p.name)
		}
	}
	o.include("roles", role)
}

// orgCode gives the code by which the standard knows an organisation of a
// release: what an export made an id of is a code again, or nothing.
func orgCode(n node) string {
	id := n.str("id")
	if code, ok := strings.CutPrefix(id, Scheme+"-"); ok {
		return code
	}
	if hash, ok := strings.CutPrefix(id, unnamed); ok && len(hash) == 16 {
		return ""
	}
	return id
}
