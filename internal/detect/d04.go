package detect

import (
	"net/netip"
	"slices"
	"sort"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/trade"
)

// newD04: bid files of different bidders were sent from one public address
// (实施条例 40). Private addresses say nothing, for every office has the same; nor
// do those behind which many stand (a trading centre, a provider's gateway, a
// VPN), which the office lists as exceptions.
func newD04() sameHand {
	return sameHand{
		info: Info{
			ID: "D04", Version: 1, ZH: "不同投标人上传投标文件的公网 IP 相同", EN: "same public address of different bidders",
			Grade: Clue, Article: "招标投标法实施条例 第四十条第（二）项", Datasets: []string{"519", "9010", "507", "501", "503"},
		},
		datasets: []string{"519", "9010"}, fields: []string{"NET_ID"}, threshold: "public address equal",
		noun: [2]string{"上传公网 IP 地址", "public addresses of upload"},
		skip: [2]string{"登记为例外的地址，如交易中心、运营商或 VPN 出口", "addresses listed as exceptions, such as a trading centre's, a provider's or a VPN's"},
		collect: func(d *docket.Docket, lot string, rows []*docket.Entry, set effective) comparison {
			var own []netip.Prefix
			for _, k := range set.OwnAddresses {
				if p, ok := prefix(k.Value); ok {
					own = append(own, p)
				}
			}
			return marked(d, lot, rows, nil, func(e *docket.Entry) []string { return addresses(e.Fields["NET_ID"]) }, func(mark string) bool {
				a, err := netip.ParseAddr(mark)
				return err == nil && slices.ContainsFunc(own, func(p netip.Prefix) bool { return p.Contains(a) })
			})
		},
	}
}

// sharedSpace is what providers give to many customers behind one gateway (RFC 6598).
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

// addresses reads the public addresses of a field; a port is dropped.
func addresses(s string) []string {
	var out []string
	for _, part := range trade.SplitCodes(s) {
		a, err := netip.ParseAddr(part)
		if err != nil {
			ap, err := netip.ParseAddrPort(part)
			if err != nil {
				continue
			}
			a = ap.Addr()
		}
		a = a.Unmap().WithZone("")
		if a.IsGlobalUnicast() && !a.IsPrivate() && !sharedSpace.Contains(a) && len(out) < maxCodes {
			out = append(out, a.String())
		}
	}
	sort.Strings(out)
	return slices.Compact(out)
}

// prefix reads an address or a range such as 203.0.113.0/24.
func prefix(s string) (netip.Prefix, bool) {
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		return p.Masked(), err == nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), true
}
