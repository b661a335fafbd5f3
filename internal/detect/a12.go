package detect

// newA12: whether a complaint is accepted was not decided within three working
// days, or it was not decided within thirty (实施条例 61, 政府采购法 56). Who
// complained is named in no finding.
func newA12() termed {
	return termed{
		info: Info{
			ID: "A12", Version: 1, ZH: "投诉未按期受理或处理", EN: "complaint not accepted or decided in time",
			Grade: Fact, Article: "招标投标法实施条例 第六十一条；政府采购法 第五十六条", Datasets: []string{"404", "517", "1900"},
		},
		pending:  "HANDLE_RESULT",
		notBegun: [2]string{"未收到投诉", "no complaint has come"},
	}
}
