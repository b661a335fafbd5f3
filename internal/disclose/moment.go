package disclose

import (
	"slices"
	"strings"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// Moment is how far a lot has come, as far as disclosure depends on it. Later
// moments are greater.
type Moment int

// The moments. A later one needs all earlier ones, except that a lot may reach
// its result without a publicity having been sent.
const (
	Before      Moment = iota // 开标前: nothing has opened the lot
	Opened                    // 已开标: a release of the bids, by the lot's own trading system
	InPublicity               // 公示已开始: the publicity of the candidates has begun
	Determined                // 结果已公布: the result is determined, the committee released
	Signed                    // 合同已签订
)

var momentNames = []string{"before", "opened", "publicity", "result", "signed"}

// Moments returns all moments in order.
func Moments() []Moment { return []Moment{Before, Opened, InPublicity, Determined, Signed} }

// String returns the moment's stable name, as the table has it.
func (m Moment) String() string { return momentNames[m] }

func momentOf(name string) (Moment, bool) {
	i := slices.Index(momentNames, name)
	return Moment(i), i >= 0
}

// A lotKey is a lot of one trading system: only its own origin's records move it.
type lotKey struct{ origin, lot string }

// stages tells how far each lot of a docket has come at a given time.
type stages struct {
	lots   []string            // codes of d.Lots and of all records whose existence is no secret
	named  map[string][]string // origin to the codes that such records of its own name
	moment map[lotKey]Moment
}

// stagesOf computes the moments from facts of release and the published
// records of the same origin. Releases dated after at do not count yet.
// Records whose very existence is sealed have no say.
func (w *Window) stagesOf(d *docket.Docket, at time.Time) *stages {
	s := &stages{named: map[string][]string{}, moment: map[lotKey]Moment{}}
	bid, committee := map[lotKey]bool{}, map[lotKey]bool{}
	for _, l := range d.Lots {
		s.lots = append(s.lots, l.Code)
	}
	for _, r := range d.Releases {
		if r.State != "opened" || r.At.After(at) {
			continue
		}
		k := lotKey{r.Origin, r.Lot}
		switch r.Seal {
		case standard.Bid:
			bid[k] = true
		case standard.Committee:
			committee[k] = true
		}
	}
	publicity, contract := map[lotKey]bool{}, map[lotKey]bool{}
	for i := range d.Live {
		e := &d.Live[i]
		if e.Deleted || w.wholeSeal(e.Dataset) != standard.Open || e.Dataset == docket.DatasetRelease {
			continue
		}
		for _, lot := range docket.Sections(e.Dataset, e.Fields) {
			s.names(e.Origin, lot)
			k := lotKey{e.Origin, lot}
			switch e.Dataset {
			case "511":
				publicity[k] = publicity[k] || passed(e.Fields["PUBLICITY_START_TIME"], at)
			case "512":
				contract[k] = contract[k] || passed(e.Fields["CONTRACT_SIGN_TIME"], at)
			case "554":
				contract[k] = contract[k] || passed(e.Fields["SIGNING_TIME"], at)
			}
		}
	}
	for k := range bid {
		m := Opened
		if publicity[k] {
			m = InPublicity
		}
		if committee[k] {
			m = Determined
			if contract[k] {
				m = Signed
			}
		}
		s.moment[k] = m
	}
	s.addPublished(d)
	slices.Sort(s.lots)
	s.lots = slices.Compact(s.lots)
	return s
}

// addPublished puts what a publisher of open contracting data has published
// at the last moment: there is nothing left to open.
func (s *stages) addPublished(d *docket.Docket) {
	published := publishedRows(d)
	for i := range d.Live {
		e := &d.Live[i]
		if !published(e) {
			continue
		}
		s.moment[lotKey{e.Origin, ""}] = Signed
		for _, lot := range docket.Sections(e.Dataset, e.Fields) {
			s.moment[lotKey{e.Origin, lot}] = Signed
			s.names(e.Origin, lot)
		}
	}
}

// publishedRows tells which rows are the mapping of a published OCDS release:
// those under the release's own origin and key. No trading system can send the
// data set that holds releases.
func publishedRows(d *docket.Docket) func(*docket.Entry) bool {
	releases := map[lotKey]bool{}
	for i := range d.Live {
		if e := &d.Live[i]; e.Dataset == docket.DatasetOCDS && !e.Deleted {
			releases[lotKey{e.Origin, e.Key}] = true
		}
	}
	return func(e *docket.Entry) bool {
		if len(releases) == 0 {
			return false
		}
		for k := range releases {
			if k.origin == e.Origin && (e.Key == k.lot || strings.HasPrefix(e.Key, k.lot+"/")) {
				return true
			}
		}
		return false
	}
}

// of gives the moment of a record of this origin that names these lots: the
// earliest of them, for it hangs on all their locks. A record that names no
// lot has come as far as the slowest lot of the tender.
func (s *stages) of(origin string, lots []string) Moment {
	if len(lots) == 0 {
		if m, ok := s.moment[lotKey{origin, ""}]; ok {
			return m
		}
		lots = s.lots
	}
	if len(lots) == 0 {
		return Before
	}
	m := Signed
	for _, lot := range lots {
		m = min(m, s.moment[lotKey{origin, lot}])
	}
	return m
}

func (s *stages) names(origin, lot string) {
	s.lots = append(s.lots, lot)
	if !slices.Contains(s.named[origin], lot) {
		s.named[origin] = append(s.named[origin], lot)
	}
}

// opened reports whether a trading system has opened every lot that it names,
// so that the numbering of its records tells nothing any more. That another
// system opened bids of its own for the same lot does not count: between this
// one's records its sealed bids still lie. Who names no lot waits for all.
func (s *stages) opened(origin string) bool {
	lots := s.named[origin]
	if len(lots) > 0 {
		return !slices.ContainsFunc(lots, func(lot string) bool { return s.moment[lotKey{origin, lot}] < Opened })
	}
	for other := range s.named {
		if !s.opened(other) {
			return false
		}
	}
	if len(s.named) > 0 {
		return true
	}
	for k, m := range s.moment { // a tender without lots
		if k.lot == "" && m >= Opened && (k.origin == origin || origin == docket.SystemOrigin) {
			return true
		}
	}
	return false
}

func passed(text string, at time.Time) bool {
	m, ok := trade.ParseMoment(text)
	return ok && !m.Time.After(at)
}

// Released reports whether a vault of docket d may be opened at a time: its
// lot has been released for that seal. Personal parts never open by a release.
func Released(d *docket.Docket, v standard.Vault, seal standard.Seal, at time.Time) bool {
	if d.ID != v.Tender {
		return false
	}
	var lots []string
	if v.Lot != "" {
		lots = []string{v.Lot}
	}
	switch m := window().stagesOf(d, at).of(v.Origin, lots); seal {
	case standard.Bid:
		return m >= Opened
	case standard.Committee:
		return m >= Determined
	}
	return false
}
