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
	return checkRegister(ctx, db, head.Size, bodies, report)
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
