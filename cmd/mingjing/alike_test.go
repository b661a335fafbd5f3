package main

import (
	"bytes"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"
)

// What bids' files share lives with their lot: the real program compares them
// only after the opening, shows it to supervision and audit alone, and leaves no
// word of the files on the disk, in its log, or at any other address.
func TestLikenessLives(t *testing.T) {
	o := openOffice(t, "")
	p := newPlant(11, o.systems[0].Platform)
	hourAgo := time.Now().Add(-time.Hour)
	for _, r := range p.tenderUp(t, hourAgo) {
		o.batch(0, r)
	}
	tender := "投标人应按照招标文件第五章的要求编制施工组织设计，明确项目经理部的组成与各岗位职责；未按要求编制的，评标委员会可以否决其投标。"
	copied := "旋挖钻机就位后由测量员复核桩位偏差不大于二十毫米，方可开钻；钻进过程中泥浆比重每两小时测一次，终孔后由质检员会同监理测量孔深、孔径与沉渣厚度，合格后立即下放钢筋笼并浇筑水下混凝土"
	keep := func(dataset, body string) string {
		if a := o.upload(0, body, map[string]string{"dataset": dataset, "tender": p.tender, "lot": p.lot(1), "filename": "file.txt"}); a.status != http.StatusCreated {
			t.Fatalf("%d %s", a.status, a.body)
		}
		return hex.EncodeToString(sum256(body))
	}
	document := p.record(t, "504", 0, map[string]string{"URL": "https://example.cn/" + keep("504", tender)})
	o.batch(0, document)
	own := []string{"甲方案：脚手架搭设由持证架子工完成，验收挂牌后使用，班组实行两班制。", "乙方案：本工程划分为三个流水段，塔吊布置于北侧，冬季采用综合蓄热法养护。", "丙方案：基坑监测点每十五米一处，降水井沿坑顶环形布设，土方随挖随运。"}
	offers := p.offers(t, 3)
	n := 0
	for i := range offers {
		if offers[i].Dataset == "519" {
			text := own[n] + tender
			if n < 2 {
				text += copied
			}
			offers[i].Fields["TENDER_DOCUMENTS_URL"] = keep("519", text)
			n++
		}
	}
	o.batch(0, offers...)
	o.settle()
	at := "/api/v1/dockets/" + p.tender + "/lots/" + p.lot(1) + "/likeness"
	hidden := newHunt()
	hidden.mark("a word of the files", copied[:60], own[0][:45], own[1][:45], own[2][:45])
	for _, seat := range everySeat {
		if a := o.get(seat, at); a.status != http.StatusNotFound {
			t.Errorf("%s before the opening: %d %s", seat, a.status, a.body)
		}
	}
	for _, held := range o.stolen("") {
		hidden.none(t, held.name+" before the opening", held.data)
	}

	o.batch(0, p.opening(t, time.Now().Add(-30*time.Minute)))
	o.settle()
	o.until("the files are compared", func() bool { return o.get(atAuditor, at).status == http.StatusOK })
	o.until("the finding is there", func() bool {
		return bytes.Contains(o.get(atSupervisor, "/api/v1/findings?docket="+p.tender+"&indicator=E01").body, []byte("share passages"))
	})
	for _, seat := range everySeat {
		a := o.get(seat, at)
		sees := map[string]bool{atSupervisor: true, atAuditor: true}[seat]
		if sees && (a.status != 200 || strings.Count(string(a.body), copied[:60]) != 2) || !sees && a.status != http.StatusNotFound {
			t.Errorf("%s after the opening: %d %s", seat, a.status, a.body)
		}
		for _, path := range o.addresses(p) {
			if path != at {
				hidden.none(t, seat+" at "+path, o.get(seat, path).all())
			}
		}
	}
	o.stop()
	for _, held := range o.stolen("") {
		hidden.none(t, held.name+" after the opening", held.data)
	}
	hidden.none(t, "what the server said", []byte(o.said()))
	o.run("verify", "--deep", "--data", o.data)
}
