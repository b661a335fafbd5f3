package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"

	"mingjing/internal/docket"
	"mingjing/internal/exchange"
	"mingjing/internal/identity"
	"mingjing/internal/ledger"
	"mingjing/internal/store"
)

// checkDerived compares what stands in the database beside the log, and what
// the program trusts, with the log: the index by which records find their
// dockets, and the register of sources with the keys that sign for them.
func checkDerived(ctx context.Context, db *store.DB, report *ledger.VerifyReport) error {
	// The register before the log: an act that is logged meanwhile must not look
	// undone, and one that is registered is logged a moment later.
	bodies, err := db.SourceBodies(ctx)
	if err != nil {
		return err
	}
	posts, err := allPosts(ctx, db)
	if err != nil {
		return err
	}
	units, err := db.Organisations(ctx)
	if err != nil {
		return err
	}
	head, err := db.Head(ctx)
	if err != nil {
		return err
	}
	entries, spans, err := db.CheckCodes(ctx, head.Size)
	if err != nil {
		return err
	}
	for _, at := range spans {
		report.Add(ledger.TroubleIndex, at, "code", "自此位置起的一段：表 code 与记录的路由码不符，记录可能因此不入卷宗",
			"in the span that begins here table code is not what the records' codes give: records may be missing from their dockets")
	}
	report.Checked("index", entries, fmt.Sprintf("%d 条路由索引：与记录的路由码比对", entries), fmt.Sprintf("%d entries of the index of codes: compared with the records", entries))
	if err := checkPosts(ctx, db, head.Size, posts, report); err != nil {
		return err
	}
	if err := checkUnits(ctx, db, head.Size, units, report); err != nil {
		return err
	}
	return checkRegister(ctx, db, head.Size, bodies, report)
}

// allPosts reads the posts of all people.
func allPosts(ctx context.Context, db *store.DB) ([]store.PostRow, error) {
	var out []store.PostRow
	for after := ""; ; {
		people, err := db.People(ctx, after, 1000)
		if err != nil || len(people) == 0 {
			return out, err
		}
		var ids []string
		for _, p := range people {
			ids = append(ids, p.ID)
		}
		posts, err := db.Posts(ctx, ids)
		if err != nil {
			return nil, err
		}
		out, after = append(out, posts...), people[len(people)-1].Username
	}
}

// checkPosts compares the posts of people with the acts in the log: who holds
// the database could give themselves one, or take back its withdrawal. A post
// that the log grants and nobody holds is no trouble: the grant is logged first.
func checkPosts(ctx context.Context, db *store.DB, size int64, posts []store.PostRow, report *ledger.VerifyReport) error {
	granted, withdrawn := map[string]map[string]string{}, map[string]bool{}
	err := db.Rows(ctx, 0, size, func(r *ledger.Row) error {
		if r.Dataset != docket.DatasetPerson || r.Origin != ledger.SystemOrigin || r.Author.Kind != "person" {
			return nil
		}
		var f map[string]string
		if err := json.Unmarshal(r.Fields, &f); err != nil {
			return nil // the row's own check tells it
		}
		switch identity.Act(f["ACT"]) {
		case identity.ActGrant, identity.ActLend:
			granted[f["POST"]] = f
		case identity.ActWithdraw, identity.ActReturn:
			withdrawn[f["POST"]] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := range posts {
		row := &posts[i]
		what := "post " + row.ID
		p, err := identity.ReadPost(row)
		if err != nil {
			report.Add(ledger.TroubleIndex, -1, what, "岗位表中有一行无法读取", "a row of the posts cannot be read")
			continue
		}
		want := postFields(&p)
		want["PERSON"], want["ACT"] = row.Person, string(identity.ActGrant)
		if p.Lent != nil {
			want["ACT"] = string(identity.ActLend)
		}
		switch said, ok := granted[row.ID]; {
		case !ok:
			report.Add(ledger.TroubleIndex, -1, what, "有人持有该岗位，日志中却没有授予行为", "somebody holds the post, but the log holds no act that granted it")
		case !maps.Equal(said, want):
			report.Add(ledger.TroubleIndex, -1, what, "岗位（人员、角色、区域、行业或期限）与日志中的授予行为不符", "the post (person, role, regions, sectors or dates) is not what the log granted")
		case (withdrawn[row.ID] || row.Lent != "" && withdrawn[row.Lent]) && row.Withdrawn.IsZero():
			report.Add(ledger.TroubleIndex, -1, what, "日志中已撤销的岗位仍然有效", "the log withdraws the post, and it is still held")
		}
	}
	report.Checked("posts", int64(len(posts)), fmt.Sprintf("%d 个岗位：与日志中的授予和撤销行为比对", len(posts)), fmt.Sprintf("%d posts of people: compared with the acts in the log", len(posts)))
	return nil
}

// checkUnits compares the organisations with what the log holds of them: by
// them it is bounded what a post may reach.
func checkUnits(ctx context.Context, db *store.DB, size int64, units []store.OrganisationRow, report *ledger.VerifyReport) error {
	logged := map[[2]string]map[string]string{}
	err := db.Rows(ctx, 0, size, func(r *ledger.Row) error {
		if r.Dataset != docket.DatasetOrganisation || r.Origin != ledger.SystemOrigin || r.Author.Kind != "person" {
			return nil
		}
		var f map[string]string
		if err := json.Unmarshal(r.Fields, &f); err != nil {
			return nil // the row's own check tells it
		}
		logged[[2]string{f["ORGANISATION"], f["FROM"]}] = f
		return nil
	})
	if err != nil {
		return err
	}
	for i := range units {
		what := "organisation " + units[i].ID
		o, err := identity.ReadOrganisation(&units[i])
		if err != nil {
			report.Add(ledger.TroubleIndex, -1, what, "机构表中有一行无法读取", "a row of the organisations cannot be read")
			continue
		}
		want := unitFields(&o)
		if !maps.Equal(logged[[2]string{want["ORGANISATION"], want["FROM"]}], want) {
			report.Add(ledger.TroubleIndex, -1, what, "机构与日志中的记载不符", "the organisation is not what the log holds")
		}
	}
	report.Checked("organisations", int64(len(units)), fmt.Sprintf("%d 条机构记载：与日志比对", len(units)), fmt.Sprintf("%d versions of organisations: compared with the log", len(units)))
	return nil
}

// checkRegister compares the register of sources with the newest act about each
// in the log.
func checkRegister(ctx context.Context, db *store.DB, size int64, bodies [][]byte, report *ledger.VerifyReport) error {
	logged, at := map[string]string{}, map[string]int64{}
	err := db.Rows(ctx, 0, size, func(r *ledger.Row) error {
		if r.Dataset != docket.DatasetSource || r.Origin != ledger.SystemOrigin || r.Author.Kind == "source" {
			return nil
		}
		var f map[string]string
		if err := json.Unmarshal(r.Fields, &f); err == nil {
			logged[r.Key], at[r.Key] = f["BODY"], r.Position
		}
		return nil
	})
	if err != nil {
		return err
	}
	have := map[string]bool{}
	for _, body := range bodies {
		name, kept, err := registration(body)
		if err != nil {
			report.Add(ledger.TroubleIndex, -1, "source", "来源登记表中有一行无法读取", "a row of the register of sources cannot be read")
			continue
		}
		have[name] = true
		if _, ok := logged[name]; !ok {
			report.Add(ledger.TroubleIndex, -1, "source "+name, "来源已登记，日志中却没有登记行为", "the source is registered, but the log holds no act that did so")
			continue
		}
		if _, said, err := registration([]byte(logged[name])); err != nil || !bytes.Equal(said, kept) {
			report.Add(ledger.TroubleIndex, at[name], "source "+name, "来源登记（密钥、平台代码、地区或期限）与日志中最新的登记行为不符",
				"its registration (keys, platforms, region or windows) is not what the newest act in the log says")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(logged)) {
		if !have[name] {
			report.Add(ledger.TroubleIndex, at[name], "source "+name, "日志中有登记行为，登记表中却没有该来源", "the log registers the source, but the register does not hold it")
		}
	}
	report.Checked("sources", int64(len(bodies)), fmt.Sprintf("%d 个来源的登记：与日志中的登记行为比对", len(bodies)), fmt.Sprintf("%d registrations of sources: compared with the acts in the log", len(bodies)))
	return nil
}

// registration reads a source and writes it in one form.
func registration(body []byte) (name string, canonical []byte, err error) {
	var s exchange.Source
	if err := json.Unmarshal(body, &s); err != nil {
		return "", nil, err
	}
	canonical, err = json.Marshal(s, json.Deterministic(true))
	return s.Name, canonical, err
}
