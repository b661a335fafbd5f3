package detect

// newA16: in government procurement documents were available, or time was given
// to make bids, for too short a time, a single-source purchase was publicised
// for too short a time, a result or a contract was published too late, or a
// question was not answered (政府采购法 35, 53, 实施条例 31, 38, 43, 50). One finding a period, for they are of different
// things. What the data sets do not say is told by what stands for it
// (docs/periods.md): such a breach is certain, its absence is not.
func newA16() termed {
	return termed{
		info: Info{
			ID: "A16", Version: 1, ZH: "政府采购期限", EN: "periods of government procurement",
			Grade: Fact, Article: "政府采购法实施条例 第三十一条、第三十八条、第四十三条、第五十条；政府采购法 第三十五条、第五十三条",
			Datasets: []string{"501", "503", "512", "513", "521", "550", "551", "552", "553", "554", "1900", "9003", "9018"},
		},
		apart:    true,
		notBegun: [2]string{"尚无采购公告、结果、合同或者质疑", "there is no notice, result, contract or question yet"},
	}
}
