package ocds

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"mingjing/internal/trade"
)

var decimalPattern = regexp.MustCompile(`^(-?)0*([0-9]+)(?:\.([0-9]+))?$`)

// money reads an amount and its unit ("0" yuan, "1" ten thousand yuan) as a JSON
// number of whole units, exact to the last digit. It reports false for what is
// no plain decimal number, or has no unit: a guess would be wrong by a factor
// of ten thousand.
func money(amount, unit string) (json.Number, bool) {
	m := decimalPattern.FindStringSubmatch(strings.TrimSpace(amount))
	if m == nil {
		return "", false
	}
	whole, fraction := m[2], m[3]
	switch strings.TrimSpace(unit) {
	case "0", "元":
	case "1", "万元":
		fraction += strings.Repeat("0", max(0, 4-len(fraction)))
		whole, fraction = strings.TrimLeft(whole+fraction[:4], "0"), fraction[4:]
		if whole == "" {
			whole = "0"
		}
	default:
		return "", false
	}
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		whole += "." + fraction
	}
	if whole == "0" {
		return "0", true
	}
	return json.Number(m[1] + whole), true
}

// currencies are the codes of GB/T 12406 as the standard has them (ISO 4217
// numbers) by which amounts of public trades are given.
var currencies = map[string]string{
	"156": "CNY", "344": "HKD", "446": "MOP", "901": "TWD", "840": "USD", "978": "EUR", "392": "JPY", "826": "GBP", "410": "KRW",
	"702": "SGD", "756": "CHF", "643": "RUB", "036": "AUD", "124": "CAD", "554": "NZD", "752": "SEK", "208": "DKK", "578": "NOK",
}

// currency gives the letters of a currency; "" for one that OCDS would not
// know. Without any it is yuan, as the standard's amounts are.
func currency(code string) string {
	switch code = strings.TrimSpace(code); {
	case code == "":
		return "CNY"
	case currencies[code] != "":
		return currencies[code]
	case DefaultRules().currencies[code]:
		return code // of an imported release
	}
	return ""
}

// dateTime writes a time of the standard as an OCDS date-time: of a whole day
// its first second, or its last when it ends something.
func dateTime(s string, end bool) (string, time.Time, bool) {
	m, ok := trade.ParseMoment(s)
	if !ok {
		return "", time.Time{}, false
	}
	t := m.Earliest()
	if end {
		t = m.Latest()
	}
	t = t.In(trade.Zone).Truncate(time.Second)
	return t.Format(time.RFC3339), t, true
}

// days reads a whole number of days.
func days(s string) (json.Number, bool) {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 20)
	if err != nil || n == 0 {
		return "", false
	}
	return json.Number(strconv.FormatUint(n, 10)), true
}

// address gives a web address that can be published, "" for anything else.
func address(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ""
	}
	return u.String()
}
