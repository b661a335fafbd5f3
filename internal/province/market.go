package province

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// A firm is an invented body of the market. Its name is put together from
// syllables that no register is known to hold; whatever it resembles is chance.
type firm struct {
	n                    int // number in the market
	kind                 string
	name, code           string
	city                 string // GB/T 2260 code
	boss, phone, account string
	cpu, disk, mac, ip   string // the machine from which it bids
}

func (f firm) office() office { return office{f.name, f.code} }

// An expert is an invented member of the expert library.
type expert struct{ name, id, phone, city string }

// The kinds of firm, by what they sell or do.
const (
	builders   = "builder"
	suppliers  = "supplier"
	developers = "developer"
	miners     = "miner"
	makers     = "maker" // of medicine
	agencies   = "agency"
)

// kinds says how many firms of each kind there are and what their names end in:
// 800 in all.
var kinds = []struct {
	kind   string
	n      int
	suffix []string
}{
	{builders, 260, []string{"建设工程有限公司", "建筑安装有限公司", "市政工程有限公司", "水利工程有限公司", "路桥工程有限公司"}},
	{suppliers, 300, []string{"科技有限公司", "商贸有限公司", "办公设备有限公司", "信息技术有限公司", "物业服务有限公司", "医疗设备有限公司"}},
	{developers, 80, []string{"置业有限公司", "产业发展有限公司", "实业有限公司"}},
	{miners, 30, []string{"矿业有限公司", "建材有限公司"}},
	{makers, 70, []string{"制药有限公司", "药业有限公司", "生物制品有限公司"}},
	{agencies, 60, []string{"招标代理有限公司", "工程咨询有限公司"}},
}

// The syllables of invented names: 40 times 25.
var (
	firstSyllable  = []rune("澄砚沐岚铎昀峤湜璟筠棠槿骐翊珩樾霁煜翎朔琮澍旻霄珺弘垚晟瀚钧祺曜岳尧宸睿渌嵘麓瑭")
	secondSyllable = []rune("川原禾源屿庭衡岩泽林洲陵桥野澜峰桐榆松霖城湾途程岭")
)

var (
	surnames = []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕")
	given    = []rune("建国志强秀英海燕文博春生晓东丽华玉梅振宇佳怡俊杰思远明慧立新云飞雅琴")
)

// A market is all bodies of a province, the same for a seed.
type market struct {
	firms   map[string][]firm
	experts map[string][]expert // by city
	cities  []string
	rings   []firm // of the cases over many dockets
}

func newMarket(seed int64) *market {
	r := rand.New(rand.NewPCG(uint64(seed), 0x6d61726b6574))
	m := &market{firms: map[string][]firm{}, experts: map[string][]expert{}}
	for _, s := range Systems(seed) {
		if s.Kind == "city" {
			m.cities = append(m.cities, s.Region)
		}
	}
	n := 0
	for _, k := range kinds {
		coined := r.Perm(len(firstSyllable) * len(secondSyllable))
		for i := range k.n {
			city := m.cities[min(r.IntN(len(m.cities)), r.IntN(len(m.cities)))] // the first cities have more
			c := coined[i]
			f := coin(r, k.kind, k.suffix[i%len(k.suffix)], city, c, n)
			m.firms[k.kind] = append(m.firms[k.kind], f)
			n++
		}
	}
	for _, city := range m.cities {
		for range 60 {
			name := personName(r)
			m.experts[city] = append(m.experts[city], expert{name: name, id: idNumber(r, city), phone: phone(r), city: city})
		}
	}
	r = rand.New(rand.NewPCG(uint64(seed), 0x72696e6773))
	for i, c := range r.Perm(len(firstSyllable) * len(secondSyllable))[:40] {
		city := m.cities[i%len(m.cities)]
		m.rings = append(m.rings, coin(r, builders, "工程建设有限公司", city, c, n+i))
	}
	return m
}

// coin makes a firm: its name of a pair of syllables, its number in the market.
func coin(r *rand.Rand, kind, suffix, city string, c, n int) firm {
	return firm{
		n: n, kind: kind, city: city, code: orgCode("91"+city, 1000+n),
		name: shortName(city) + string(firstSyllable[c%len(firstSyllable)]) + string(secondSyllable[c/len(firstSyllable)]) + suffix,
		boss: personName(r), phone: phone(r), account: fmt.Sprintf("4100%015d", 1000+n*37),
		cpu: fmt.Sprintf("BFEBFBFF%08X", 0x10000000+n*7919), disk: fmt.Sprintf("WD-WCC%08X%02X", 0x20000000+n*104729, r.IntN(256)),
		mac: fmt.Sprintf("%02x-%02x-%02x-%02x-%02x-%02x", r.IntN(256)&^3, r.IntN(256), r.IntN(256), 16+n>>8, n&255, r.IntN(256)),
		ip:  fmt.Sprintf("123.%d.%d.%d", 4+n%4, 8+n/200, 1+n/4%50*5+r.IntN(4)),
	}
}

// choose draws n firms of a kind for a trade in a city, without repeats: those
// of the city bid more often, and each city has its favourites. Their order, and
// so who wins, is drawn apart: to bid more often is not to win more often.
func (m *market) choose(r *rand.Rand, kind, city string, n int) []firm {
	type ticket struct {
		i   int
		key float64
	}
	all := m.firms[kind]
	tickets := make([]ticket, 0, len(all))
	for i, f := range all {
		weight := 1.0
		if f.city == city {
			weight = 6
		}
		if home, _ := strconv.Atoi(city); (i*31+home/100)%41 == 0 {
			weight = 20
		}
		tickets = append(tickets, ticket{i, math.Pow(r.Float64(), 1/weight)})
	}
	slices.SortFunc(tickets, func(a, b ticket) int { return cmp.Or(cmp.Compare(b.key, a.key), cmp.Compare(a.i, b.i)) })
	out := make([]firm, 0, n)
	for _, t := range tickets[:min(n, len(tickets))] {
		out = append(out, all[t.i])
	}
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// bodies of the public that tender, by class of trade.
var (
	buyersOfWorks = []string{"教育局", "水利局", "交通运输局", "人民医院", "住房和城乡建设局", "第三高级中学", "城市管理局", "农业农村局", "文化广电和旅游局", "城乡建设服务中心"}
	buyersOfGoods = []string{"教育局", "公安局", "人民医院", "财政局", "税务局", "档案馆", "图书馆", "疾病预防控制中心", "市场监督管理局", "职业技术学院"}
)

// An office is a public body: a purchaser, a seller, an authority.
type office struct{ name, code string }

// officeOf names a public body of a region. It is invented, and says so.
func officeOf(region, what string) office {
	n := 0
	for _, c := range what {
		n = (n*131 + int(c)) % 90000
	}
	return office{regionName(region) + what + "（模拟）", orgCode("11"+region, 100+n)}
}

func shortName(city string) string { return strings.TrimSuffix(regionName(city), "市") }

func personName(r *rand.Rand) string {
	name := string(pick(r, surnames)) + string(pick(r, given))
	if r.IntN(4) > 0 {
		name += string(pick(r, given))
	}
	return name
}

func phone(r *rand.Rand) string { return fmt.Sprintf("1%d%09d", 30+r.IntN(60), r.IntN(1e9)) }

// idNumber makes an invented ID number with its check digit right.
func idNumber(r *rand.Rand, region string) string {
	body := region + strconv.Itoa(1965+r.IntN(30)) + fmt.Sprintf("%02d%02d%03d", 1+r.IntN(12), 1+r.IntN(28), r.IntN(1000))
	return body + string(trade.IDCheck(body))
}

// logNormal draws an amount in yuan around a median, to the hundred, within bounds.
func logNormal(r *rand.Rand, median, sigma, least, most float64) float64 {
	return math.Round(min(max(median*math.Exp(r.NormFloat64()*sigma), least), most)/100) * 100
}

// between draws a whole number, both ends included.
func between(r *rand.Rand, least, most int) int { return least + r.IntN(most-least+1) }

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func amount(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

// Bidder is a firm of a city that bids for works there, for who wants to act as one.
func Bidder(seed int64, city string) (name, code string) {
	for _, f := range newMarket(seed).firms[builders] {
		if f.city == city {
			return f.name, f.code
		}
	}
	return "", ""
}

// ObjectedTo is a tenderer of a city's works to whom somebody has objected, for
// who wants to act as one; where nobody has, any tenderer there.
func (p *Province) ObjectedTo(city string) (name, code string) {
	for i := range min(p.Dockets, 1000) {
		f := p.Docket(i)
		if f.Class != trade.Construction {
			continue
		}
		own, objected := standard.Record{}, false
		for _, s := range f.Until(p.Now) {
			switch s.Record.Dataset {
			case "501":
				own = s.Record
			case "9019":
				objected = true
			}
		}
		if !strings.HasPrefix(own.Fields["REGION_CODE"], city[:4]) || name != "" && !objected {
			continue
		}
		if name, code = own.Fields["TENDERER_NAME"], own.Fields["TENDERER_CODE"]; objected {
			break
		}
	}
	return name, code
}
