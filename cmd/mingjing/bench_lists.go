package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/identity"
	"mingjing/internal/store"
)

type benchListsCmd struct {
	benchFlags
	Dockets int     `default:"100000" help:"How many short dockets to fill in first, unless they are there."`
	Seconds float64 `default:"40" help:"How long to list, all kinds of lists together."`
	Rate    float64 `default:"500" help:"Records a second that come in meanwhile, all senders together."`
	Batch   int     `default:"50" help:"Records a batch, at most 1000."`
	Readers int     `default:"1" help:"Lists asked for at once."`
	Seed    uint64  `default:"1" help:"Of the dockets."`
}

// A listReport is what a run prints of a kind of list, a line of JSON each. A
// list is a page of 50 with its total, asked for over HTTP at the program.
type listReport struct {
	Bench   string  `json:"bench"`
	Store   string  `json:"store"`
	Dockets int     `json:"dockets"`
	Rate    float64 `json:"records_per_second_asked"`
	Kind    string  `json:"kind"`
	Lists   int     `json:"lists"`
	P50     float64 `json:"p50_ms"`
	P95     float64 `json:"p95_ms"`
	Worst   float64 `json:"max_ms"`
	Total   int     `json:"total"` // that the last of them told
}

// Run fills the store, sends records at a rate and asks for lists meanwhile.
func (c *benchListsCmd) Run(ctx context.Context) error {
	b := &bench{flags: c.benchFlags, name: "lists", seconds: c.Seconds, batch: c.Batch, rate: c.Rate, abreast: 25}
	tokens := map[string]string{}
	b.before = func(ctx context.Context, h *house) error {
		// What is filled in is no fold of the log: it must not be folded again.
		if err := h.db.PutMeta(ctx, "search edition", []byte(disclose.SearchEdition())); err != nil {
			return err
		}
		if err := c.fill(ctx, h.db); err != nil {
			return err
		}
		for name, r := range map[string]disclose.Reader{
			"auditor": {Audience: disclose.Auditor}, "supervisor": {Audience: disclose.Supervisor, Regions: []string{"410300"}},
			"source": {Audience: disclose.Source, Origins: []string{benchPlatform}},
		} {
			token, row, err := identity.Issue(rand.Reader, time.Now(), identity.Grant{Name: "bench " + name + " " + newID(), Reader: r})
			if err != nil {
				return err
			}
			if err := h.db.PutToken(ctx, row); err != nil {
				return err
			}
			tokens[name] = token
		}
		return nil
	}
	b.beside = func(ctx context.Context, url string) error { return c.list(ctx, b, url, tokens) }
	return b.run(ctx)
}

// fill puts cards in by the thousand. Every tenth docket has a full text too, for
// the lists with words.
func (c *benchListsCmd) fill(ctx context.Context, db *store.DB) error {
	have, err := db.CountCards(ctx, store.CardQuery{Scopes: []store.CardScope{{Seat: disclose.NumberPublic}}}, c.Dockets)
	if err != nil || have >= c.Dockets {
		return err
	}
	words := &benchSearchCmd{Seed: c.Seed}
	start := time.Now()
	var cards []store.CardRow
	for i := range c.Dockets {
		d := words.docket(i)
		own, err := c.cards(i, d)
		if err != nil {
			return err
		}
		cards = append(cards, own...)
		if len(cards) >= 6000 || i == c.Dockets-1 {
			if err := db.FillCards(ctx, cards); err != nil {
				return err
			}
			cards = cards[:0]
		}
		if n := i + 1; n%10000 == 0 {
			fmt.Fprintf(os.Stderr, "%d dockets, %.0f a second\n", n, float64(n)/time.Since(start).Seconds())
		}
	}
	var wg sync.WaitGroup
	next := make(chan int)
	errs := make([]error, 64) // many at once: their transactions are committed together
	for w := range errs {
		wg.Go(func() {
			for i := range next {
				d := words.docket(i)
				own, err := c.cards(i, d)
				body, failed := docket.Fold(d.id, nil).Encode()
				if err = errors.Join(err, failed); err == nil {
					row := &store.DocketRow{ID: d.id, Class: "construction", Region: d.region, Title: d.title, Body: body, Cards: own}
					_, err = db.SaveDocket(ctx, row, nil, d.rows())
				}
				if err != nil && errs[w] == nil {
					errs[w] = err
				}
			}
		})
	}
	for i := 0; i < c.Dockets && ctx.Err() == nil; i += 10 {
		next <- i
	}
	close(next)
	wg.Wait()
	fmt.Fprintf(os.Stderr, "filled in %s\n", time.Since(start).Round(time.Second))
	return errors.Join(append(errs, ctx.Err())...)
}

var benchClasses = []string{"construction", "construction", "construction", "procurement", "procurement", "land", "property", "mining"}

// cards are those of one docket for all seats, as the worker would make them.
func (c *benchListsCmd) cards(i int, d benchSearchDocket) ([]store.CardRow, error) {
	r := mathrand.New(mathrand.NewPCG(c.Seed+9, uint64(i))) //nolint:gosec // data for a measurement
	card := disclose.Card{
		ID: d.id, Class: benchClasses[r.IntN(len(benchClasses))], Title: d.title, Region: d.region, Origins: []string{benchPlatform}, Records: 11, Tenderer: d.tenderer,
		First: d.day, Last: d.day.AddDate(0, 0, r.IntN(200)), Stage: "contract",
		Lots: []disclose.CardLot{{Code: d.id + "001", Name: "一标段", Moment: disclose.Moments()[r.IntN(5)].String()}},
	}
	stage := r.IntN(8)
	amount := int64(r.ExpFloat64() * 5e8)
	seen := r.IntN(10) > 0
	facts, clues := r.IntN(40)/38, r.IntN(40)/36
	var out []store.CardRow
	for seat := range disclose.Seats {
		one := card
		row := store.CardRow{
			Docket: d.id, Seat: seat, Class: card.Class, Region: card.Region, Title: card.Title, Stage: stage, Moments: disclose.MomentBit(card.Lots[0].Moment),
			First: card.First, Last: card.Last, Origins: card.Origins, Edition: disclose.SearchEdition(),
		}
		if seen {
			n := amount + int64(seat)
			row.Amount, one.Amount = &n, &disclose.CardAmount{Fen: n, Kind: disclose.AmountAward}
		}
		if facts+clues > 0 && (seat == disclose.NumberSupervisor || seat == disclose.NumberAuditor) {
			row.Facts, row.Clues, row.Indicators, row.Late = facts, clues, []string{fmt.Sprintf("A%02d", 1+r.IntN(14))}, facts
			one.Warnings = &disclose.CardWarnings{Fact: facts, Clue: clues, Indicators: row.Indicators}
		}
		if seat == disclose.NumberSource {
			row.Origin = benchPlatform
		}
		var err error
		if row.Body, err = one.Encode(); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

// listKinds are what people ask for; the same for each reader.
var listKinds = []struct{ name, query string }{
	{"newest", "sort=last"},
	{"by id", ""},
	{"by title", "sort=title"},
	{"largest", "sort=amount"},
	{"smallest of a class", "sort=amount&order=asc&class=land"},
	{"a city, newest", "sort=last&region=4105"},
	{"a county, largest", "sort=amount&region=410503"},
	{"a class of a year, by title", "sort=title&class=mining&from=2019-01-01&to=2019-12-31"},
	{"a stage in a range of money", "sort=last&stage=opening&amount_min=10000000&amount_max=20000000"},
	{"most warnings", "sort=warnings"},
	{"facts, newest", "sort=last&warning=fact"},
	{"an indicator, largest", "sort=amount&warning=A07"},
	{"late in a city", "sort=last&late=true&region=4103"},
	{"nothing", "sort=amount&amount_min=80000000000"},
	{"words", "q=桥梁加固"},
	{"words, newest of a class", "q=桥梁加固&class=land&sort=last"},
	{"words in a range of money", "q=道路&amount_min=3000000"},
}

func (c *benchListsCmd) list(ctx context.Context, b *bench, url string, tokens map[string]string) error {
	out := json.NewEncoder(os.Stdout)
	readers := []string{"", "auditor", "supervisor", "source"}
	each := time.Duration(c.Seconds*0.95*float64(time.Second)) / time.Duration(len(listKinds)*len(readers))
	var all []time.Duration
	for _, k := range listKinds {
		for _, who := range readers {
			took, total, err := c.ask(ctx, url+"/api/v1/dockets?"+k.query, tokens[who], each)
			if err != nil {
				return fmt.Errorf("bench: %s as %q: %w", k.name, who, err)
			}
			all = append(all, took...)
			r := c.report(b, map[bool]string{true: "public", false: who}[who == ""]+": "+k.name, took)
			r.Total = total
			if err := out.Encode(r); err != nil {
				return err
			}
		}
	}
	return out.Encode(c.report(b, "all", all))
}

func (c *benchListsCmd) report(b *bench, kind string, took []time.Duration) *listReport {
	slices.Sort(took)
	at := func(q float64) float64 {
		return float64(took[min(len(took)-1, int(q*float64(len(took))))].Microseconds()) / 1000
	}
	return &listReport{
		Bench: "lists", Store: b.house.db.Dialect(), Dockets: c.Dockets, Rate: c.Rate, Kind: kind, Lists: len(took), P50: at(0.5), P95: at(0.95), Worst: at(1),
	}
}

// ask lists for a while: the first page, and each second time the one after it.
func (c *benchListsCmd) ask(ctx context.Context, url, token string, long time.Duration) (took []time.Duration, total int, err error) {
	until := time.Now().Add(long)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range c.Readers {
		wg.Go(func() {
			cursor := ""
			for done := false; !done; done = time.Now().After(until) || ctx.Err() != nil {
				address := url
				if cursor != "" {
					address += "&cursor=" + cursor
				}
				start := time.Now()
				page, failed := getList(ctx, address, token)
				d := time.Since(start)
				mu.Lock()
				took, total, err = append(took, d), page.Total, errors.Join(err, failed)
				mu.Unlock()
				if failed != nil {
					return
				}
				if cursor != "" {
					page.Next = ""
				}
				cursor = page.Next
			}
		})
	}
	wg.Wait()
	return took, total, err
}

type listPage struct {
	Total int    `json:"total"`
	Next  string `json:"next"`
}

func getList(ctx context.Context, url, token string) (page listPage, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return page, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return page, err
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return page, err
	}
	if resp.StatusCode != http.StatusOK {
		return page, fmt.Errorf("status %d: %.300s", resp.StatusCode, body)
	}
	return page, json.Unmarshal(body, &page)
}
