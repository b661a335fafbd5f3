package province

import (
	"math/rand/v2"
	"strings"

	"mingjing/internal/likeness/planted"
)

// fileTwists are the cases of bids' files: what is copied, said, or made by the
// same hand in them, and what only looks so.
func fileTwists() []twist {
	four := func(t *terms) { t.bidders = 4 }
	files := func(change func(r *rand.Rand, o []offer, names []string)) func(*life) {
		return func(l *life) { l.offers(change) }
	}
	return []twist{
		{
			indicator: "E01", expected: Hit, name: "passages copied", why: "the second bid took a dozen sentences of the first one, some of them in other words", terms: four,
			tell: files(func(r *rand.Rand, o []offer, _ []string) {
				s := strings.SplitAfter(o[0].text, "。")
				o[1].text = strings.Join(s[2:9], "") + o[1].text + planted.Change(r, planted.Synonyms, strings.Join(s[11:17], ""))
			}),
		}, {
			indicator: "E01", expected: Look, name: "the tender's words", why: "all bids repeat long passages of the tender's document, as it asks them to", terms: four,
			tell: files(func(*rand.Rand, []offer, []string) {}),
		}, {
			indicator: "E02", expected: Hit, name: "the same sums wrong", why: "four amounts of two bills are wrong by the same", terms: four,
			tell: files(func(_ *rand.Rand, o []offer, _ []string) {
				for _, k := range []int{3, 8, 13, 20} {
					for i := range 2 {
						o[i].prices[k].sum += 300
					}
				}
			}),
		}, {
			indicator: "E02", expected: Look, name: "slips of one's own", why: "two bills have wrong amounts, each at items of its own", terms: four,
			tell: files(func(_ *rand.Rand, o []offer, _ []string) {
				for _, k := range []int{1, 5, 9} {
					o[0].prices[k].sum += 300
					o[1].prices[k+1].sum += 70
				}
			}),
		}, {
			indicator: "E03", expected: Hit, name: "one number to call", why: "two bids give the same mobile number", terms: four,
			tell: files(func(_ *rand.Rand, o []offer, _ []string) {
				for i := range 2 {
					o[i].text += "\n项目联系手机13800138042。"
				}
			}),
		}, {
			indicator: "E03", expected: Look, name: "numbers of one's own", why: "each bid gives a mobile number of its own", terms: four,
			tell: files(func(_ *rand.Rand, o []offer, _ []string) {
				for i := range o {
					o[i].text += "\n项目联系手机1380013804" + string(rune('1'+i)) + "。"
				}
			}),
		}, {
			indicator: "E04", expected: Hit, name: "the other's name left in", why: "a commitment in one bid is made in another bidder's name", terms: four,
			tell: files(func(_ *rand.Rand, o []offer, names []string) {
				o[1].text += "\n" + names[0] + "承诺按期完成全部工作内容。"
			}),
		}, {
			indicator: "E04", expected: Look, name: "one's own name", why: "each bid names its own bidder, as it must", terms: four,
			tell: files(func(_ *rand.Rand, o []offer, names []string) {
				for i := range o {
					o[i].text += "\n" + names[i] + "承诺按期完成全部工作内容。"
				}
			}),
		}, {
			indicator: "D12", expected: Hit, name: "one author", why: "the files of two bids have the same author", terms: four,
			tell: files(func(_ *rand.Rand, o []offer, _ []string) { o[1].author = o[0].author }),
		}, {
			indicator: "D12", expected: Look, name: "a form that was given", why: "all bids have the author of the form that they were to fill in", terms: four,
			tell: files(func(_ *rand.Rand, o []offer, _ []string) {
				for i := range o {
					o[i].author = "招标文件编制人"
				}
			}),
		}, {
			indicator: "F02", expected: Hit, name: "one bill, scaled", why: "one bidder's unit prices are the other's at 97 per cent, item by item", terms: four,
			tell: files(func(_ *rand.Rand, o []offer, _ []string) {
				for k, p := range o[0].prices {
					unit := float64(int(p.unit*97+0.5)) / 100
					o[1].prices[k] = priced{unit, unit * quantity(k)}
				}
			}),
		}, {
			indicator: "F02", expected: Look, name: "some prices of the market", why: "a quarter of two bills' unit prices are those of one price list", terms: four,
			tell: files(func(_ *rand.Rand, o []offer, _ []string) {
				for k := range o[0].prices {
					if k%4 == 0 {
						o[1].prices[k] = o[0].prices[k]
					}
				}
			}),
		},
	}
}
