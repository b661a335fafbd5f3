package detect

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// An Edition is dated statistics of peers, made by a job at a log position.
// The same dockets give the same edition, and the same edition the same
// findings. It is never changed after it was made.
type Edition struct {
	ID       string           `json:"id"`                // names position and content
	Position int64            `json:"position"`          // log position up to which dockets were folded
	At       time.Time        `json:"at"`                // when it was made
	Groups   map[string]Group `json:"groups"`            // by GroupKey
	Figures  *Figures         `json:"figures,omitempty"` // of bodies over many lots; nil: none were made
	Since    *EditionChanges  `json:"since,omitempty"`   // what it changed against the one before; nil: there was none
}

// A Group is the statistics of one indicator's measured value among the lots of
// one class, region and kind of award method.
type Group struct {
	Indicator string     `json:"indicator"` // id; with more behind a stroke where a rule measures more than one value: F03/CV/lowest
	Class     string     `json:"class"`
	Region    string     `json:"region"`           // a city's code, or "" for all regions
	Method    string     `json:"method,omitempty"` // kind of award method, or "" for all
	Count     int        `json:"count"`            // lots measured
	Quantiles []Quantile `json:"quantiles"`
}

// A Quantile is the value below which the share P of the group lies.
type Quantile struct {
	P float64 `json:"p"`
	V float64 `json:"v"`
}

// shares are the quantiles that an edition keeps.
var shares = []float64{0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99}

// minGroup is the least number of lots worth comparing with; smaller groups
// fall back to all regions, or to silence.
const minGroup = 10

// A measurer is a rule whose measured value can be compared with peers.
type measurer interface {
	Rule
	measure(d *docket.Docket, lot string) (float64, bool)
}

// GroupKey names a group.
func GroupKey(indicator, class, region, method string) string {
	key := indicator + "|" + class + "|" + region
	if method != "" {
		key += "|" + method
	}
	return key
}

// MakeEdition measures the dockets, in any order, and returns the edition made
// at the log position and time given.
func MakeEdition(dockets []*docket.Docket, position int64, at time.Time) Edition {
	values := map[string][]float64{}
	groups := map[string]Group{}
	for _, r := range Rules() {
		for _, d := range dockets {
			for _, lot := range timeline.Lots(d) {
				for name, v := range valuesOf(r, d, lot) {
					if math.IsNaN(v) {
						continue
					}
					for _, g := range groupsOf(d, lot, at) { // the one of all regions comes once, also where the docket has none
						g.Indicator = name
						key := GroupKey(g.Indicator, g.Class, g.Region, g.Method)
						groups[key] = g
						values[key] = append(values[key], v)
					}
				}
			}
		}
	}
	keys := make([]string, 0, len(groups))
	for key, g := range groups {
		vs := values[key]
		sort.Float64s(vs)
		g.Count = len(vs)
		for _, p := range shares {
			g.Quantiles = append(g.Quantiles, Quantile{p, quantile(vs, p)})
		}
		groups[key] = g
		keys = append(keys, key)
	}
	sort.Strings(keys)
	var parts []string
	for _, key := range keys {
		parts = append(parts, fmt.Sprintf("%s %d %v", key, groups[key].Count, groups[key].Quantiles))
	}
	return Edition{ID: fmt.Sprintf("%d-%s", position, hash("mingjing/edition/1", parts...)[:12]), Position: position, At: at, Groups: groups}
}

// cityOf returns the code of the division just below the province in which a
// docket's region lies; "" when it has none.
func cityOf(d *docket.Docket, at time.Time) string {
	chain := trade.Regions().Chain(d.Region, trade.DayOf(at))
	switch len(chain) {
	case 0:
		return ""
	case 1:
		return chain[0]
	}
	return chain[len(chain)-2]
}

// groupsOf are the groups to which a lot belongs, the nearest first: those of
// its kind of award method before those of all, its city before all regions.
func groupsOf(d *docket.Docket, lot string, at time.Time) []Group {
	var out []Group
	city, method := cityOf(d, at), AwardMethod(d, lot)
	for _, m := range []string{method, ""} {
		for _, region := range []string{city, ""} {
			if g := (Group{Class: d.Class, Region: region, Method: m}); !slices.ContainsFunc(out, func(o Group) bool { return o.Region == g.Region && o.Method == g.Method }) {
				out = append(out, g)
			}
		}
	}
	return out
}

// group returns the peers of a lot: the nearest group that is large enough;
// false when none is.
func (e *Edition) group(indicator string, d *docket.Docket, lot string) (Group, bool) {
	for _, near := range groupsOf(d, lot, e.At) {
		if g := e.Groups[GroupKey(indicator, near.Class, near.Region, near.Method)]; g.Count >= minGroup && len(g.Quantiles) > 0 {
			return g, true
		}
	}
	return Group{}, false
}

// compare notes the edition on a finding and says where the value stands. It
// adds nothing when no edition is given or the group is too small to say.
func (l *look) compare(d *docket.Docket, env Env, value float64, unit string) (zh, en string) {
	if env.Peers == nil {
		return "", ""
	}
	l.f.Edition = env.Peers.ID
	g, ok := env.Peers.group(l.info.ID, d, l.f.Lot)
	if !ok {
		return "", ""
	}
	below, above := 0.0, 1.0 // the value lies between these shares of the group
	median := math.NaN()
	for _, q := range g.Quantiles {
		if q.P == 0.5 {
			median = q.V
		}
		if q.V < value {
			below = q.P
		}
		if q.V > value && above == 1 {
			above = q.P
		}
	}
	where := strconv.FormatFloat(100*below, 'f', -1, 64) + "–" + strconv.FormatFloat(100*above, 'f', -1, 64)
	m := strconv.FormatFloat(math.Round(median*10)/10, 'f', -1, 64)
	name, nameEN := "全部地区", "all regions"
	if g.Region != "" {
		name, nameEN = or(trade.Regions().Name(g.Region), g.Region), g.Region
	}
	if m, ok := methodNames[g.Method]; ok {
		name, nameEN = name+"，"+m[0], nameEN+", "+m[1]
	}
	return fmt.Sprintf("同类（%s，%d 个标段，第 %s 版统计）中位数 %s 日，本标段位于 %s%% 分位之间。", name, g.Count, env.Peers.ID, m, where),
		fmt.Sprintf(" Among %d peers (%s, edition %s) the median is %s %s; this lot stands between the %s %% quantiles.", g.Count, nameEN, env.Peers.ID, m, unit, where)
}
