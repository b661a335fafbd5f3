package province

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"mingjing/internal/trade"
)

// A System is one simulated trading system.
type System struct {
	Name     string // name under which the office registers it
	NameZH   string
	Kind     string // province, city or enterprise
	Region   string // GB/T 2260 code
	Platform string // platform code: an organisation code whose check digit is right
	Key      ed25519.PrivateKey
}

// cityNames are the names under which the systems of the 18 cities are registered.
var cityNames = map[string]string{
	"410100": "zhengzhou", "410200": "kaifeng", "410300": "luoyang", "410400": "pingdingshan", "410500": "anyang", "410600": "hebi",
	"410700": "xinxiang", "410800": "jiaozuo", "410900": "puyang", "411000": "xuchang", "411100": "luohe", "411200": "sanmenxia",
	"411300": "nanyang", "411400": "shangqiu", "411500": "xinyang", "411600": "zhoukou", "411700": "zhumadian", "419001": "jiyuan",
}

// Systems returns the simulated systems of a seed: one of the province, one of
// each of its 18 cities, one of the enterprises that the province owns. Their
// keys follow from the seed, so they are for demonstrations only.
func Systems(seed int64) []System {
	list := []System{{Name: "henan-province", NameZH: "河南省公共资源交易中心（模拟）", Kind: "province", Region: "410000"}}
	for _, code := range trade.Regions().Codes() {
		if name := cityNames[code]; name != "" {
			list = append(list, System{Name: name + "-city", NameZH: regionName(code) + "公共资源交易系统（模拟）", Kind: "city", Region: code})
		}
	}
	list = append(list, System{Name: "henan-enterprises", NameZH: "河南省省管企业采购交易平台（模拟）", Kind: "enterprise", Region: "410000"})
	for i := range list {
		s := &list[i]
		s.Platform = orgCode("12"+s.Region, i+1)
		var b [16]byte
		binary.BigEndian.PutUint64(b[:8], uint64(seed))
		binary.BigEndian.PutUint64(b[8:], uint64(i))
		sum := sha256.Sum256(append([]byte("mingjing/demo/key/"), b[:]...))
		s.Key = ed25519.NewKeyFromSeed(sum[:])
	}
	return list
}

// KeyID is the id under which a simulated system's key is registered.
func (s System) KeyID() string { return s.Name + "-1" }

// places are the divisions in which a system's trades lie.
func (s System) places() []string {
	var out []string
	for _, code := range trade.Regions().Codes() {
		r, valid, _ := trade.Regions().At(code, trade.Date(2026, 1, 1))
		switch {
		case !valid:
		case s.Region == "410000" && cityNames[code] != "", code == s.Region && s.Region == "419001", r.Parent == s.Region && s.Region != "410000":
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// orgCode makes a unified social credit code of prefix (8 characters:
// department, kind, region) and a number, with its check digit right. The codes
// are invented.
func orgCode(prefix string, n int) string {
	body := fmt.Sprintf("%s%08dX", prefix, n)
	return body + string(trade.OrgCheck(body))
}

// regionName is the region's name, or its code when it has none.
func regionName(code string) string {
	if name := trade.Regions().Name(code); name != "" {
		return name
	}
	return code
}
