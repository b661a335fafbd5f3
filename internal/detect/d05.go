package detect

import (
	"net/netip"
	"slices"
	"strings"

	"mingjing/internal/docket"
)

// newD05: bids of different bidders were decrypted from one public address or
// with one network card (实施条例 40(2)). The terminals of the centre's own hall,
// at which many decrypt, are listed as exceptions.
func newD05() sameHand {
	return sameHand{
		info: Info{
			ID: "D05", Version: 1, ZH: "不同投标人解密地址或终端相同", EN: "same address or terminal of decryption of different bidders",
			Grade: Clue, Article: "招标投标法实施条例 第四十条第（二）项", Datasets: []string{"9107", "507", "501", "503"},
		},
		datasets: []string{"9107"}, fields: []string{"NET_ID", "MAC_ADDRESS"}, sparse: true, threshold: "public address or network card equal",
		noun: [2]string{"解密公网 IP 或网卡", "public addresses or network cards of decryption"},
		skip: exceptedPlaces,
		collect: func(d *docket.Docket, lot string, rows []*docket.Entry, set effective) comparison {
			return placed(d, lot, rows, set, "NET_ID")
		},
	}
}

var exceptedPlaces = [2]string{"登记为例外的地址、终端，如交易中心、运营商或 VPN 出口", "addresses and terminals listed as exceptions, such as a trading centre's, a provider's or a VPN's"}

// newD06: the documents were fetched for different bidders from one public
// address, with one network card or one account.
func newD06() sameHand {
	return sameHand{
		info: Info{
			ID: "D06", Version: 1, ZH: "不同投标人获取招标文件的地址或账号相同", EN: "same address or account by which different bidders fetched the documents",
			Grade: Clue, Article: "招标投标法实施条例 第四十条第（二）项", Datasets: []string{"9006", "9105", "507", "501", "503"},
		},
		datasets: []string{"9006", "9105"}, fields: []string{"PURCHASE_IP", "DOWNLOAD_IP", "NET_ID", "MAC_ADDRESS"}, sparse: true, threshold: "public address, network card or account equal",
		noun: [2]string{"购买、下载招标文件的公网 IP、网卡或账号", "addresses, network cards or accounts by which the documents were fetched"},
		skip: exceptedPlaces,
		collect: func(d *docket.Docket, lot string, rows []*docket.Entry, set effective) comparison {
			return placed(d, lot, rows, set, "PURCHASE_IP", "DOWNLOAD_IP", "NET_ID")
		},
	}
}

// placed compares from where rows came: public addresses of the fields, network
// cards, accounts where they may be read.
func placed(d *docket.Docket, lot string, rows []*docket.Entry, set effective, ips ...string) comparison {
	var own []netip.Prefix
	for _, k := range set.OwnAddresses {
		if p, ok := prefix(k.Value); ok {
			own = append(own, p)
		}
	}
	read := set.machines()
	cards := map[string]bool{}
	for _, m := range set.OwnMachines {
		for _, c := range read.macs(m.MAC) {
			cards[c] = true
		}
	}
	return marked(d, lot, rows, nil, func(e *docket.Entry) []string {
		var marks []string
		for _, f := range ips {
			for _, a := range addresses(e.Fields[f]) {
				marks = append(marks, "ip\x00"+a)
			}
		}
		for _, c := range read.macs(e.Fields["MAC_ADDRESS"]) {
			marks = append(marks, "mac\x00"+c)
		}
		for _, f := range []string{"PURCHASE_ACCOUNT", "DOWNLOAD_ACCOUNT"} {
			for _, c := range read.codes(e.Fields[f]) {
				if len(c) >= minLock {
					marks = append(marks, "account\x00"+c)
				}
			}
		}
		slices.Sort(marks)
		return slices.Compact(marks)
	}, func(mark string) bool {
		kind, value, _ := strings.Cut(mark, "\x00")
		switch kind {
		case "mac":
			return cards[value]
		case "account":
			return slices.ContainsFunc(set.OwnCodes, func(k Known) bool { return fold(k.Value) == value })
		}
		a, err := netip.ParseAddr(value)
		return err == nil && slices.ContainsFunc(own, func(p netip.Prefix) bool { return p.Contains(a) })
	})
}
