package detect

// newA17: land, mining rights or state property were announced or listed for a
// shorter time than the rules demand. The numbers of days are not verified
// against the rules' texts, and each finding says so, until the office sets its
// own (docs/periods.md). One finding a period.
func newA17() termed {
	return termed{
		info: Info{
			ID: "A17", Version: 1, ZH: "土地、矿业权、国有产权公告或者挂牌期限不足", EN: "land, mining rights or state property announced or listed for too short a time",
			Grade:    Fact,
			Article:  "招标拍卖挂牌出让国有建设用地使用权规定；矿业权交易规则；企业国有资产交易监督管理办法",
			Datasets: []string{"600", "650", "651", "652", "653", "654", "655", "657", "658", "659", "660", "700", "701", "750", "753", "1900"},
		},
		apart:    true,
		notBegun: [2]string{"尚无出让、转让公告", "there is no notice yet"},
	}
}
