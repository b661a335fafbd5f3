package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"mingjing/internal/docket"
	"mingjing/internal/identity"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
)

// signInFlags are the office's own settings of sign-in.
type signInFlags struct {
	LockAfter   int           `name:"lock-after" default:"5" env:"MINGJING_LOCK_AFTER" help:"Wrong passwords or codes under one name, after which it is barred for a while."`
	LockFor     time.Duration `name:"lock-for" default:"15m" env:"MINGJING_LOCK_FOR" help:"For how long."`
	SessionIdle time.Duration `name:"session-idle" default:"30m" env:"MINGJING_SESSION_IDLE" help:"A session that is not used for so long ends."`
	SessionMax  time.Duration `name:"session-max" default:"12h" env:"MINGJING_SESSION_MAX" help:"A session ends after so long, however much it is used."`
	ProofFor    time.Duration `name:"proof-for" default:"10m" env:"MINGJING_PROOF_FOR" help:"How long a password or passkey counts as fresh for what asks for it: accounts, keys, orders."`
	Proxy       []string      `placeholder:"CIDR" env:"MINGJING_PROXY" help:"Networks of proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8."`
}

func (f signInFlags) settings() identity.Settings {
	s := identity.DefaultSettings()
	if f.LockAfter != 0 { // commands other than serve have no flags
		s.Failures, s.Bar, s.Idle, s.Longest, s.Fresh = f.LockAfter, f.LockFor, f.SessionIdle, f.SessionMax, f.ProofFor
	}
	return s
}

func (f signInFlags) proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range f.Proxy {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("--proxy %q: write a network such as 10.0.0.0/8: %w", text, err)
		}
		out = append(out, p)
	}
	return out, nil
}

// accounts are the people who sign in to this house.
func (h *house) accounts(f signInFlags) (*identity.Accounts, error) {
	sso, err := readSSO(filepath.Join(h.flags.Data, ssoFile))
	if err != nil {
		return nil, err
	}
	return identity.NewAccounts(identity.Config{SSO: sso, Store: h.db, Keys: h.keys, Clock: time.Now, Record: h.recordDeed, RecordUnits: h.recordUnits, Settings: f.settings(), Table: h.offices})
}

// ssoFile lists the single sign-ons by which people come in; it holds their
// secrets and so is its owner's alone.
const ssoFile = "sso.yaml"

// readSSO reads the file of single sign-ons; none when there is none.
func readSSO(path string) ([]identity.SSO, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s holds secrets and others may read it: chmod 600 it", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var list []struct {
		ID       string `yaml:"id"`
		Name     string `yaml:"name"`
		Issuer   string `yaml:"issuer"`
		ClientID string `yaml:"client_id"`
		Secret   string `yaml:"secret"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&list); err != nil {
		return nil, fmt.Errorf("%s: write a list of id, name, issuer, client_id and secret", path) // the cause may quote a secret
	}
	var out []identity.SSO
	for _, one := range list {
		p := identity.SSO{ID: one.ID, Name: one.Name, Issuer: one.Issuer, ClientID: one.ClientID, Secret: one.Secret}
		if err := p.Check(); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		out = append(out, p)
	}
	return out, nil
}

// recordDeed appends an act upon a person to the log. People stand in it by
// their ids only, for what stands there cannot be taken out again.
func (h *house) recordDeed(ctx context.Context, d identity.Deed) error {
	fields := postFields(d.Post)
	fields["PERSON"], fields["ACT"] = d.Person, string(d.Act)
	if d.Binding != "" {
		fields["BINDING"] = d.Binding
	}
	_, err := h.ledger.Append(ctx, ledger.Submission{Author: deskAuthor(d.By, d.Desk), Drafts: []ledger.Draft{{Record: standard.Record{
		Origin: ledger.SystemOrigin, Dataset: docket.DatasetPerson, Op: standard.Update, Key: d.Person, Revision: strconv.FormatInt(d.At.UnixMicro(), 10), Fields: fields,
	}}}})
	return err
}

// deskAuthor is who acts, as the log names them: a person in their post, for
// another where the post is lent to them, or a desk past the pages.
func deskAuthor(who identity.Identity, desk string) ledger.Author {
	if desk != "" {
		return ledger.Author{Kind: "person", ID: "office/" + desk}
	}
	id := string(who.Post.Role) + "/" + who.Person
	if who.Post.Lent != nil {
		id += " for " + who.Post.Lent.Person
	}
	return ledger.Author{Kind: "person", ID: id}
}

// recordUnits appends versions of organisations to the log, in one group.
func (h *house) recordUnits(ctx context.Context, by identity.By, list []identity.Organisation) error {
	now := strconv.FormatInt(time.Now().UnixMicro(), 10)
	var drafts []ledger.Draft
	for i := range list {
		fields := unitFields(&list[i])
		drafts = append(drafts, ledger.Draft{Record: standard.Record{
			Origin: ledger.SystemOrigin, Dataset: docket.DatasetOrganisation, Op: standard.Update, Key: list[i].ID, Revision: now, Fields: fields,
		}})
	}
	_, err := h.ledger.Append(ctx, ledger.Submission{Author: deskAuthor(by.Who, by.Desk), Drafts: drafts})
	return err
}

// unitFields are a version of an organisation as the log holds it.
func unitFields(o *identity.Organisation) map[string]string {
	fields := map[string]string{"ORGANISATION": o.ID, "KIND": string(o.Kind), "NAME": o.Name, "FROM": o.From.UTC().Format(time.RFC3339Nano)}
	for name, value := range map[string]string{"PARENT": o.Parent, "REGION": o.Region, "SECTORS": strings.Join(o.Sectors, ";"), "CODE": o.Code} {
		if value != "" {
			fields[name] = value
		}
	}
	if o.Dissolved {
		fields["DISSOLVED"] = "1"
	}
	return fields
}

// postFields are a post as the log holds it.
func postFields(p *identity.Post) map[string]string {
	fields := map[string]string{}
	if p != nil {
		fields["POST"], fields["ROLE"], fields["FROM"] = p.ID, string(p.Role), p.From.UTC().Format(time.RFC3339)
		for name, list := range map[string][]string{"REGIONS": p.Regions, "SECTORS": p.Sectors, "PLATFORMS": p.Origins} {
			if len(list) > 0 {
				fields[name] = strings.Join(list, ";")
			}
		}
		for name, value := range map[string]string{"ORGANISATION": p.Org, "UNIT": p.Unit} {
			if value != "" {
				fields[name] = value
			}
		}
		if p.Lent != nil {
			fields["LENT_POST"], fields["LENT_BY"] = p.Lent.Post, p.Lent.Person
		}
		if !p.Until.IsZero() {
			fields["UNTIL"] = p.Until.UTC().Format(time.RFC3339)
		}
	}
	return fields
}
