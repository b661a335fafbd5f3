package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"

	"mingjing/internal/store"
)

type benchSearchCmd struct {
	Data    string `required:"" placeholder:"DIR" help:"Folder for the SQLite database; filled only when it is empty."`
	Store   string `placeholder:"DSN" help:"postgres://… for PostgreSQL."`
	Dockets int    `default:"1000000" help:"How many short dockets."`
	Seconds int    `default:"30" help:"How long to search."`
	Seed    uint64 `default:"1" help:"Of the dockets and of the searches."`
	Readers int    `default:"2" help:"Searches at once."`
}

// A searchReport is what a run prints, a line of JSON a kind of search: a
// search is a page of 20 with its total, as the interface answers it, without
// the views of the hits.
type searchReport struct {
	Bench     string  `json:"bench"`
	Store     string  `json:"store"`
	Dockets   int     `json:"dockets"`
	Kind      string  `json:"kind"`
	Searches  int     `json:"searches"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	Worst     float64 `json:"max_ms"`
	Hits      float64 `json:"mean_hits"` // counted up to 1001
	FillPerS  float64 `json:"fill_per_second,omitempty"`
	Megabytes int64   `json:"megabytes,omitempty"`
}

// Run fills the store, unless it is filled, and searches it.
func (c *benchSearchCmd) Run(ctx context.Context) (err error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return err
	}
	dsn := c.Store
	if dsn == "" {
		dsn = "sqlite:" + filepath.Join(c.Data, "search.db")
	}
	db, err := store.Open(ctx, dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	have, err := db.CountDockets(ctx, store.DocketFilter{})
	if err != nil {
		return err
	}
	rate := 0.0
	if have < int64(c.Dockets) {
		start := time.Now()
		if err := c.fill(ctx, db, int(have)); err != nil {
			return err
		}
		rate = float64(c.Dockets-int(have)) / time.Since(start).Seconds()
	}
	out := json.NewEncoder(os.Stdout)
	var all []time.Duration
	for _, k := range searchKinds {
		r, took, err := c.measure(ctx, db, k)
		if err != nil {
			return err
		}
		all = append(all, took...)
		if err := out.Encode(r); err != nil {
			return err
		}
	}
	r := c.report(db, "all", all)
	r.FillPerS = rate
	if info, err := os.Stat(filepath.Join(c.Data, "search.db")); err == nil && c.Store == "" {
		r.Megabytes = info.Size() >> 20
	}
	return out.Encode(r)
}

// Words of titles and names: some stand in most dockets, some in few.
var (
	benchCities = []string{"郑州", "开封", "洛阳", "平顶山", "安阳", "鹤壁", "新乡", "焦作", "濮阳", "许昌", "漯河", "三门峡", "南阳", "商丘", "信阳", "周口", "驻马店", "济源"}
	benchWorks  = []string{"道路改造", "桥梁加固", "学校综合楼", "医院门诊楼", "污水处理厂", "河道治理", "高标准农田", "老旧小区改造", "供水管网", "园林绿化", "公路养护", "安置房"}
	benchStems  = []rune("天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈剑号巨阙珠称夜光果珍李柰菜重芥姜海咸河淡鳞潜羽翔")
	benchTrades = []string{"建设", "路桥", "市政工程", "建筑安装", "园林", "水利工程", "电力", "科技"}
)

type benchSearchDocket struct {
	id, region, title, tenderer, tendererCode, bidder, bidderCode string
	day                                                           time.Time
}

func (c *benchSearchCmd) docket(i int) benchSearchDocket {
	r := rand.New(rand.NewPCG(c.Seed, uint64(i))) //nolint:gosec // data for a measurement
	city := r.IntN(len(benchCities))
	region := fmt.Sprintf("41%02d%02d", city+1, 1+r.IntN(12))
	company := func(n int) (name, code string) {
		q := rand.New(rand.NewPCG(c.Seed+1, uint64(n))) //nolint:gosec // data for a measurement
		stem := func() string { return string(benchStems[q.IntN(len(benchStems))]) }
		name = benchCities[q.IntN(len(benchCities))] + stem() + stem() + benchTrades[q.IntN(len(benchTrades))] + "有限公司"
		return name, fmt.Sprintf("9141%02d00MA%08dX", 1+q.IntN(18), n)
	}
	d := benchSearchDocket{id: fmt.Sprintf("E%s02441A%08d", region, i), region: region, day: time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.IntN(4000))}
	d.title = fmt.Sprintf("%s市%c%c路%s工程（%d标段）施工", benchCities[city], benchStems[r.IntN(len(benchStems))], benchStems[r.IntN(len(benchStems))], benchWorks[r.IntN(len(benchWorks))], 1+r.IntN(5))
	d.tenderer, d.tendererCode = company(r.IntN(5000))
	d.bidder, d.bidderCode = company(5000 + r.IntN(60000))
	return d
}

func (d benchSearchDocket) rows() []store.SearchRow {
	var out []store.SearchRow
	for _, tier := range []string{"public", "supervisor", "auditor", "administrator", "source"} {
		row := store.SearchRow{
			Docket: d.id, Tier: tier, Title: d.title, Day: d.day, Codes: []string{d.id, d.id + "001"},
			Text:  d.title + "招标公告\n本项目已经批准建设，资金来自财政，现对该项目进行公开招标，欢迎合格的投标人参加投标。",
			Names: []store.Mention{{Role: "tenderer", Name: d.tenderer, Code: d.tendererCode}},
			Tags:  []string{"class:construction", "region:41", "region:" + d.region[:4], "region:" + d.region, "moment:opened"},
		}
		switch tier {
		case "public":
			row.Names = append(row.Names, store.Mention{Role: "bidder", Name: d.bidder})
		case "supervisor", "auditor":
			row.Names = append(row.Names, store.Mention{Role: "bidder", Name: d.bidder, Code: d.bidderCode})
			row.Text += "\n仅供监督部门查阅的内部意见"
		}
		out = append(out, row)
	}
	return out
}

func (c *benchSearchCmd) fill(ctx context.Context, db *store.DB, have int) error {
	next := make(chan int)
	errs := make([]error, 256) // many at once: their transactions are committed together
	var wg sync.WaitGroup
	for w := range errs {
		wg.Go(func() {
			for i := range next {
				d := c.docket(i)
				row := &store.DocketRow{ID: d.id, Class: "construction", Region: d.region, Title: d.title, Body: []byte(`{}`)}
				if _, err := db.SaveDocket(ctx, row, nil, d.rows()); err != nil && errs[w] == nil {
					errs[w] = err
				}
			}
		})
	}
	start := time.Now()
	for i := have; i < c.Dockets && ctx.Err() == nil; i++ {
		next <- i
		if n := i - have + 1; n%50000 == 0 {
			fmt.Fprintf(os.Stderr, "%d dockets, %.0f a second\n", i+1, float64(n)/time.Since(start).Seconds())
		}
	}
	close(next)
	wg.Wait()
	return errors.Join(append(errs, ctx.Err())...)
}

// A searchKind is what people type.
type searchKind struct {
	name string
	text func(d benchSearchDocket) string
	ask  func(q *store.SearchQuery)
}

var searchKinds = []searchKind{
	{"code", func(d benchSearchDocket) string { return d.id }, nil},
	{"code prefix", func(d benchSearchDocket) string { return d.id[:12] }, nil},
	{"common word of titles", func(benchSearchDocket) string { return "工程" }, nil},
	{"common word of texts", func(benchSearchDocket) string { return "公开招标" }, nil},
	{"one character", func(d benchSearchDocket) string { return string([]rune(d.title)[3:4]) }, nil},
	{"two words", func(d benchSearchDocket) string { r := []rune(d.title); return string(r[:2]) + " " + string(r[4:6]) }, nil},
	{"phrase of a title", func(d benchSearchDocket) string { return `"` + string([]rune(d.title)[2:9]) + `"` }, nil},
	{"part of a body", func(d benchSearchDocket) string { return string([]rune(d.bidder)[2:6]) }, nil},
	{"nothing", func(d benchSearchDocket) string { r := []rune(d.title); return "不存在" + string(r[:2]) }, nil},
	{"supervisor of a city", func(d benchSearchDocket) string { return string([]rune(d.title)[4:7]) + " 工程" }, func(q *store.SearchQuery) {
		in := store.SearchScope{Tiers: []string{"supervisor"}, Regions: []string{"4103"}}
		q.Scopes = []store.SearchScope{in, {Tiers: []string{"public"}, Regions: in.Regions, Outside: true}}
	}},
	{"one county of one year", func(benchSearchDocket) string { return "工程" }, func(q *store.SearchQuery) {
		q.Tags = [][]string{{"region:410304"}, {"class:construction"}}
		q.From = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
		q.To = q.From.AddDate(1, 0, 0)
	}},
	{"bodies", func(d benchSearchDocket) string { return string([]rune(d.bidder)[2:6]) }, nil},
}

func (c *benchSearchCmd) measure(ctx context.Context, db *store.DB, k searchKind) (*searchReport, []time.Duration, error) {
	until := time.Now().Add(time.Duration(c.Seconds) * time.Second / time.Duration(len(searchKinds)))
	var (
		mu   sync.Mutex
		took []time.Duration
		hits int
		errs []error
		wg   sync.WaitGroup
	)
	for w := range c.Readers {
		r := rand.New(rand.NewPCG(c.Seed+2, uint64(w))) //nolint:gosec // data for a measurement
		wg.Go(func() {
			for time.Now().Before(until) && ctx.Err() == nil {
				q := store.SearchQuery{Scopes: []store.SearchScope{{Tiers: []string{"public"}}}, Text: k.text(c.docket(r.IntN(c.Dockets))), Limit: 20}
				if k.ask != nil {
					k.ask(&q)
				}
				start := time.Now()
				n, err := k.search(ctx, db, q)
				d := time.Since(start)
				mu.Lock()
				took, hits, errs = append(took, d), hits+n, append(errs, err)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if err := errors.Join(append(errs, ctx.Err())...); err != nil {
		return nil, nil, err
	}
	report := c.report(db, k.name, took)
	report.Hits = float64(hits) / float64(max(len(took), 1))
	return report, took, nil
}

func (k searchKind) search(ctx context.Context, db *store.DB, q store.SearchQuery) (int, error) {
	if k.name == "bodies" {
		if _, err := db.SearchParties(ctx, q); err != nil {
			return 0, err
		}
		return db.CountParties(ctx, q, 1000)
	}
	if _, err := db.Search(ctx, q); err != nil {
		return 0, err
	}
	return db.SearchCount(ctx, q, 1000)
}

func (c *benchSearchCmd) report(db *store.DB, kind string, took []time.Duration) *searchReport {
	r := &searchReport{Bench: "search", Store: db.Dialect(), Dockets: c.Dockets, Kind: kind, Searches: len(took)}
	r.P50, r.P99 = quantiles(took)
	if n := len(took); n > 0 {
		r.Worst = float64(took[n-1].Microseconds()) / 1000 // quantiles has sorted them
	}
	return r
}
