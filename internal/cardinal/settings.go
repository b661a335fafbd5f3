package cardinal

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// An Indicator is one of Cardinal's codes.
type Indicator uint8

// The eleven.
const (
	R003 Indicator = iota
	R018
	R024
	R025
	R028
	R030
	R035
	R036
	R038
	R048
	R058
	indicators // how many
)

var codes = [indicators]string{"R003", "R018", "R024", "R025", "R028", "R030", "R035", "R036", "R038", "R048", "R058"}

func (i Indicator) String() string { return codes[i] }

// Settings say which indicators are computed and how, and what Prepare repairs.
type Settings struct {
	on [indicators]bool

	currency   *string
	onlyPrices set // price_comparison_procurement_methods
	noPrices   set // no_price_comparison_procurement_methods
	exclude    set // [exclusions] procurement_method_details

	r003 struct {
		days    int64
		methods set
		details map[string]int64
	}
	r018methods set
	r024, r058  limit
	r025        struct {
		percentile int
		limit
	}
	r035 int
	r038 struct {
		limit
		bids, processes uint64
	}
	r048 struct {
		digits    int
		processes uint64
		limit
	}

	prepare repairs
}

// A limit is a number that someone may have set.
type limit struct {
	set bool
	at  float64
}

// A set of words, as a settings file writes it: divided by |.
type set map[string]struct{}

func words(value string) set {
	s := set{}
	if value == "" {
		return s
	}
	parts := strings.Split(value, "|")
	if parts[len(parts)-1] == "" { // a bar at the end divides nothing
		parts = parts[:len(parts)-1]
	}
	for _, w := range parts {
		s[w] = struct{}{}
	}
	return s
}

func (s set) has(t []byte) bool { _, ok := s[string(t)]; return ok }

// Default gives the settings of a file without a line: no indicator is on.
func Default() *Settings {
	s := &Settings{onlyPrices: set{}, noPrices: set{}, exclude: set{}}
	s.r003.days, s.r003.methods, s.r003.details = 15, set{}, map[string]int64{}
	s.r018methods = words("open|selective")
	s.r025.percentile = 75
	s.r035 = 1
	s.r038.bids, s.r038.processes = 2, 2
	s.r048.digits, s.r048.processes = 2, 20
	s.prepare = newRepairs()
	return s
}

// All turns every indicator on.
func (s *Settings) All() *Settings {
	for i := range s.on {
		s.on[i] = true
	}
	return s
}

// A SettingError names the place in a settings file that is not understood.
type SettingError struct {
	Line                int
	Section, Key, Value string
	Want                string
}

func (e *SettingError) Error() string {
	where := "section [" + e.Section + "]"
	if e.Section == "" {
		where = "before the first section"
	}
	if e.Key == "" {
		return fmt.Sprintf("settings, line %d, %s: %s", e.Line, where, e.Want)
	}
	return fmt.Sprintf("settings, line %d, %s: %s = %q: %s", e.Line, where, e.Key, e.Value, e.Want)
}

// ReadSettings reads a settings file: INI, with ; or # before a remark. An
// indicator is on if its section is there. A word that is not known is an
// error, for it would else be a setting that silently does nothing.
func ReadSettings(r io.Reader) (*Settings, error) {
	s := Default()
	section := ""
	known := setters("")
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if n == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		line = strings.TrimSpace(line)
		if line == "" || line[0] == ';' || line[0] == '#' {
			continue
		}
		if line[0] == '[' {
			name, _, closed := strings.Cut(line[1:], "]")
			section = strings.TrimSpace(name)
			known = setters(section)
			if !closed || known == nil {
				return nil, &SettingError{Line: n, Section: section, Want: "no such section; there are " + strings.Join(slices.Sorted(maps.Keys(sections)), ", ")}
			}
			if i := slices.Index(codes[:], section); i >= 0 {
				s.on[i] = true
			} else if section == "R003.procurement_method_details" {
				s.on[R003] = true
			}
			continue
		}
		at := strings.IndexAny(line, "=:")
		if at < 0 {
			return nil, &SettingError{Line: n, Section: section, Key: line, Want: "a name, = and a value were expected"}
		}
		key, value := strings.TrimSpace(line[:at]), unquote(strings.TrimSpace(line[at+1:]))
		put := known[key]
		if put == nil {
			put = known[anyName]
		}
		want := "no such setting here"
		if put != nil {
			want = put(s, key, value)
		} else if len(known) > 0 {
			want += "; there are " + strings.Join(slices.Sorted(maps.Keys(known)), ", ")
		}
		if want != "" {
			return nil, &SettingError{Line: n, Section: section, Key: key, Value: value, Want: want}
		}
	}
	return s, lines.Err()
}

// unquote takes a value out of its quotation marks.
func unquote(v string) string {
	if len(v) > 1 && (v[0] == '"' || v[0] == '\'') && v[len(v)-1] == v[0] {
		return v[1 : len(v)-1]
	}
	return v
}

// A setter takes a value, or says what was wanted instead.
type setter func(s *Settings, key, value string) string

// anyName stands for keys that a user makes up.
const anyName = "any name"

func setters(section string) map[string]setter { return sections[section] }

var sections = map[string]map[string]setter{
	"": {
		"currency": func(s *Settings, _, v string) string { s.currency = &v; return "" },
		"no_price_comparison_procurement_methods": func(s *Settings, _, v string) string { s.noPrices = words(v); return "" },
		"price_comparison_procurement_methods":    func(s *Settings, _, v string) string { s.onlyPrices = words(v); return "" },
	},
	"exclusions": {
		"procurement_method_details": func(s *Settings, _, v string) string { s.exclude = words(v); return "" },
	},
	"R003": {
		"threshold":           func(s *Settings, _, v string) string { return integer(v, &s.r003.days) },
		"procurement_methods": func(s *Settings, _, v string) string { s.r003.methods = words(v); return "" },
	},
	"R003.procurement_method_details": {
		anyName: func(s *Settings, k, v string) string {
			var days int64
			want := integer(v, &days)
			s.r003.details[k] = days
			return want
		},
	},
	"R018": {"procurement_methods": func(s *Settings, _, v string) string { s.r018methods = words(v); return "" }},
	"R024": {"threshold": func(s *Settings, _, v string) string { return ratio(v, &s.r024) }},
	"R025": {
		"percentile": func(s *Settings, _, v string) string { return count(v, &s.r025.percentile) },
		"threshold":  func(s *Settings, _, v string) string { return ratio(v, &s.r025.limit) },
	},
	"R028": {}, "R030": {}, "R036": {},
	"R035": {"threshold": func(s *Settings, _, v string) string {
		want := count(v, &s.r035)
		s.r035 = max(s.r035, 1)
		return want
	}},
	"R038": {
		"threshold":                     func(s *Settings, _, v string) string { return ratio(v, &s.r038.limit) },
		"minimum_submitted_bids":        func(s *Settings, _, v string) string { return counted(v, &s.r038.bids) },
		"minimum_contracting_processes": func(s *Settings, _, v string) string { return counted(v, &s.r038.processes) },
	},
	"R048": {
		"digits": func(s *Settings, _, v string) string { return count(v, &s.r048.digits) },
		"threshold": func(s *Settings, _, v string) string {
			var n int
			want := count(v, &n)
			s.r048.limit = limit{true, float64(n)}
			return want
		},
		"minimum_contracting_processes": func(s *Settings, _, v string) string { return counted(v, &s.r048.processes) },
	},
	"defaults": {
		"currency":                   func(s *Settings, _, v string) string { s.prepare.currency = &v; return "" },
		"item_classification_scheme": func(s *Settings, _, v string) string { s.prepare.scheme = &v; return "" },
		"bid_status":                 func(s *Settings, _, v string) string { s.prepare.bidStatus = &v; return "" },
		"award_status":               func(s *Settings, _, v string) string { s.prepare.awardStatus = &v; return "" },
		"party_roles":                func(s *Settings, _, v string) string { return yes(v, &s.prepare.roles) },
	},
	"redactions": {
		"amount":          func(s *Settings, _, v string) string { return amounts(v, s.prepare.amounts) },
		"organization_id": func(s *Settings, _, v string) string { s.prepare.organizations = words(v); return "" },
	},
	"corrections": {
		"award_status_by_contract_status": func(s *Settings, _, v string) string { return yes(v, &s.prepare.byContract) },
	},
	"modifications": {
		"move_auctions":                       func(s *Settings, _, v string) string { return yes(v, &s.prepare.auctions) },
		"prefix_buyer_or_procuring_entity_id": func(s *Settings, _, v string) string { s.prepare.buyerPrefix = v; return "" },
		"prefix_tenderer_or_supplier_id":      func(s *Settings, _, v string) string { s.prepare.tendererPrefix = v; return "" },
		"split_procurement_method_details":    func(s *Settings, _, v string) string { s.prepare.split = &v; return "" },
	},
	"codelists.bid_status":   {anyName: func(s *Settings, k, v string) string { s.prepare.bidStatuses[k] = v; return "" }},
	"codelists.award_status": {anyName: func(s *Settings, k, v string) string { s.prepare.awardStatuses[k] = v; return "" }},
	"R058":                   {"threshold": func(s *Settings, _, v string) string { return ratio(v, &s.r058) }},
}

func integer(v string, to *int64) string {
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return "a whole number was expected"
	}
	*to = n
	return ""
}

func count(v string, to *int) string {
	n, err := strconv.ParseUint(v, 10, 31)
	if err != nil {
		return "a whole number from 0 on was expected"
	}
	*to = int(n)
	return ""
}

func counted(v string, to *uint64) string {
	n, err := strconv.ParseUint(v, 10, 63)
	if err != nil {
		return "a whole number from 0 on was expected"
	}
	*to = n
	return ""
}

func ratio(v string, to *limit) string {
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return "a number was expected"
	}
	*to = limit{true, f}
	return ""
}

func yes(v string, to *bool) string {
	switch strings.ToLower(v) {
	case "true", "1", "yes", "on":
		*to = true
	case "false", "0", "no", "off":
		*to = false
	default:
		return "true or false was expected"
	}
	return ""
}

func amounts(v string, to map[float64]struct{}) string {
	for w := range words(v) {
		f, err := strconv.ParseFloat(w, 64)
		if err != nil || math.IsNaN(f) {
			return "numbers divided by | were expected"
		}
		to[f] = struct{}{}
	}
	return ""
}
