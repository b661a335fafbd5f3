package province

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"mingjing/internal/trade"
)

// A System is one simulated trading system.
type System struct {
	Name     string // name under which the office registers it
	NameZH   string
	Kind     string // province, city or county
	Region   string // GB/T 2260 code
	Platform string // platform code: an organisation code whose check digit is right
	Key      ed25519.PrivateKey
}

// Systems returns the three simulated systems of a seed: one of the province,
// one of a city, one of a county. Their keys follow from the seed, so they are
// for demonstrations only.
func Systems(seed int64) []System {
	list := []System{
		{Name: "henan-province", NameZH: "河南省公共资源交易中心（模拟）", Kind: "province", Region: "410000"},
		{Name: "luoyang-city", NameZH: "洛阳市公共资源交易系统（模拟）", Kind: "city", Region: "410300"},
		{Name: "lankao-county", NameZH: "兰考县公共资源交易系统（模拟）", Kind: "county", Region: "410225"},
	}
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

// orgCode makes a unified social credit code of prefix (8 characters:
// department, kind, region) and a number, with its check digit right. The codes
// are invented.
func orgCode(prefix string, n int) string {
	body := fmt.Sprintf("%s%08dX", prefix, n)
	return body + string(trade.OrgCheck(body))
}
