package province

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"strings"
	"time"

	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// said are plain words for fields that many data sets require.
var said = fields{
	"NOTICE_MEDIA": "河南省公共资源交易公共服务平台（模拟）", "BULLETIN_MEDIA": "河南省政府采购网（模拟）", "URL": "https://trade.example/notice", "PROJECT_URL": "https://trade.example/project",
	"TENDERER_ADDRESS": "行政服务中心二楼", "TENDERER_EMAIL": "office@trade.example", "BULLETIN_DUTY": "值班员", "EXAMINER_NAME": "审核员", "BULLETIN_DUTY_CODE_TYPE": "审核员", "OBJECTION_METHOD": "向招标人书面提出",
	"TENDER_DOC_GET_METHOD": "登录交易系统网上获取", "BID_DOC_REFER_METHOD": "登录交易系统网上递交", "TENDER_DOCUMENTS_URL": "https://trade.example/file", "PURCHASE_BROWSER": "Chromium", "DOWNLOAD_BROWSER": "Chromium",
	"CREATOR": "经办员", "BID_QUALIFICATION": "具备独立法人资格及相应资质",
}

// complete gives a record's fields: the caller's own, then those common to the
// sender, then, for fields that the standard requires and nobody gave, plain
// words or the catalogue's plain value, with the record's time for dates. What
// the data set does not have is left out.
func complete(dataset string, own, common fields, at time.Time) fields {
	out := fields{}
	merge(out, own)
	set := standard.Default().Dataset(dataset)
	if set == nil {
		return out
	}
	maps.DeleteFunc(out, func(name, value string) bool { return value == "" || set.Field(name) == nil })
	plain := standard.Example(dataset).Fields
	for i := range set.Fields {
		f := &set.Fields[i]
		if _, ok := out[f.Name]; ok {
			continue
		}
		if f.Name == "DATA_TIMESTAMP" {
			out[f.Name] = stamp(at)
			continue
		}
		if v, ok := common[f.Name]; ok {
			out[f.Name] = v
			continue
		}
		if !f.Required {
			continue
		}
		if v := said[f.Name]; v != "" {
			out[f.Name] = v
			continue
		}
		if v := plain[f.Name]; v != "" {
			out[f.Name] = v
			if _, ok := trade.ParseMoment(v); ok && strings.HasPrefix(f.Format.String(), "D") {
				out[f.Name] = stamp(at)[:f.Format.Date]
			}
		}
	}
	return out
}

func merge(into, from fields) {
	for k, v := range from {
		into[k] = v
	}
}

// digest is the SHA-256 of a text in hex: that of an invented file.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
