package detect

// newA11: an objection was not answered in time: those to the documents and to
// the result within three days, those to the opening on the spot (实施条例 22, 44,
// 54). A reply is tied to its objection by the latter's number. Who objected is
// named in no finding.
func newA11() termed {
	return termed{
		info: Info{
			ID: "A11", Version: 1, ZH: "异议未按期答复", EN: "objection not answered in time",
			Grade: Fact, Article: "招标投标法实施条例 第二十二条；第四十四条；第五十四条", Datasets: []string{"9019", "9020", "517"},
		},
		notBegun: [2]string{"未收到异议", "no objection has come"},
	}
}
