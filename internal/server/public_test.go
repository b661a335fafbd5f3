package server

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// A search of the public's is a feed too: the same dockets, the latest first,
// with addresses that lead back, and nothing new for who has it already.
func TestFeedOfSearch(t *testing.T) {
	h := newHouse(t)
	h.scatter(30)
	var feed struct {
		ID      string `xml:"id"`
		Updated string `xml:"updated"`
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Updated string `xml:"updated"`
			Summary string `xml:"summary"`
			Link    struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"entry"`
	}
	for _, query := range []string{"", "class=construction", "region=4103", "q=" + url.QueryEscape("工程"), "least=1000&most=900000000"} {
		w := h.get("/dockets.atom?"+query, "auditor") // whoever asks, it is the public's
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/atom+xml") {
			t.Fatalf("%s: %d %s", query, w.Code, w.Body)
		}
		feed.Entries = nil
		if err := xml.Unmarshal(w.Body.Bytes(), &feed); err != nil {
			t.Fatal(err)
		}
		listed := strings.NewReplacer("least", "amount_min", "most", "amount_max").Replace(query)
		list := decode[DocketList](t, h.get("/api/v1/dockets?sort=last&limit=50&"+listed, ""))
		if len(feed.Entries) != len(list.Items) {
			t.Errorf("%s: %d entries, the list has %d", query, len(feed.Entries), len(list.Items))
		}
		for i, e := range feed.Entries {
			if want := list.Items[i].ID; !strings.HasSuffix(e.ID, ":"+want) || !strings.HasSuffix(e.Link.Href, "/docket/"+want) || !strings.Contains(e.Summary, want) {
				t.Errorf("%s: entry %d is %+v, want %s", query, i, e, want)
			}
			if i > 0 && e.Updated > feed.Entries[i-1].Updated {
				t.Errorf("%s: entry %d is later than the one before it", query, i)
			}
		}
		if len(feed.Entries) > 0 && feed.Updated != feed.Entries[0].Updated {
			t.Errorf("%s: updated %s, its first entry %s", query, feed.Updated, feed.Entries[0].Updated)
		}
		if again := h.get("/dockets.atom?"+query, "", "If-None-Match", w.Header().Get("ETag")); again.Code != http.StatusNotModified {
			t.Errorf("%s: asked again with its tag: %d", query, again.Code)
		}
	}
	for _, query := range []string{"from=yesterday", "region=4x", "least=-1", "most=1.5"} {
		if w := h.get("/dockets.atom?"+query, ""); w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", query, w.Code)
		}
	}
}

// The public's pages need no script, carry language and size along their links,
// and their figures are those of their lists.
func TestPublicPages(t *testing.T) {
	h := newHouse(t)
	h.scatter(30)
	all := decode[DocketList](t, h.get("/api/v1/dockets?limit=1", ""))
	if all.Total < 20 {
		t.Fatalf("%d dockets", all.Total)
	}
	for _, path := range []string{"/", "/dockets", "/dockets?class=construction", "/statistics", "/statistics?period=year"} {
		sep := map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]
		body := h.get(path+sep+"lang=en&size=large", "").Body.String()
		for _, want := range []string{`<html lang="en" class="large">`, `href="/dockets?lang=en&amp;size=large"`, `name="lang" value="en"`, `name="size" value="large"`, "ordinary size"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %s", path, want)
			}
		}
		for _, not := range []string{"<script", " style="} {
			if strings.Contains(body, not) {
				t.Errorf("%s holds %s", path, not)
			}
		}
		if body := h.get(path, "").Body.String(); !strings.Contains(body, `<html lang="zh-CN">`) || !strings.Contains(body, "大字版") || !strings.Contains(body, "size=large") {
			t.Errorf("%s is not the ordinary page with the way to the large one", path)
		}
	}
	stat := h.get("/statistics", "").Body.String()
	if want := "<b>" + strconv.Itoa(all.Total) + "</b>"; !strings.Contains(stat, want) {
		t.Errorf("the statistics lack %s", want)
	}
	if body := h.get("/dockets?least=10&most=5x", "").Body.String(); !strings.Contains(body, "金额请写整数元") {
		t.Error("an amount that cannot be read is not told")
	}
	for _, q := range []string{"moment=signed", "moment=before", "class=land", "region=4103", "from=2018-06-01"} {
		list := decode[DocketList](t, h.get("/api/v1/dockets?limit=1&"+q, ""))
		body := h.get("/dockets?"+q, "").Body.String()
		if want := "交易 " + strconv.Itoa(list.Total) + " 项"; list.Total > 0 && !strings.Contains(body, want) || list.Total == 0 && !strings.Contains(body, "没有结果") {
			t.Errorf("the page of %s does not say %s", q, want)
		}
	}
}
