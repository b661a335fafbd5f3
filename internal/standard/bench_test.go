package standard

import (
	"strings"
	"testing"
)

// BenchmarkCheck checks and seals a notice of 30 and more fields, good and bad.
func BenchmarkCheck(b *testing.B) {
	c := Default()
	for _, no := range []string{"503", "507"} {
		good := Example(no)
		bad, _ := BadExample(no)
		ctx := context(c.Dataset(no))
		b.Run(no+"/good", func(b *testing.B) {
			b.ReportAllocs()
			b.ReportMetric(float64(len(good.Fields)), "fields")
			for b.Loop() {
				c.Check(&good, ctx)
			}
		})
		b.Run(no+"/bad", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Check(&bad, ctx)
			}
		})
		b.Run(no+"/sealing", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Sealing(&good)
			}
		})
	}
}

// BenchmarkDecode reads a batch of 500 bidders in each form.
func BenchmarkDecode(b *testing.B) {
	r := Example("507")
	line, err := AppendJSON(nil, &r)
	if err != nil {
		b.Fatal(err)
	}
	lines := strings.Repeat(string(line)+"\n", 500)
	doc := `{"platform":"` + ExampleOrigin + `","records":[` + strings.TrimSuffix(strings.ReplaceAll(lines, "\n", ","), ",") + `]}`
	r.Occurred = "" // the envelope has no place for it
	des, err := AppendXML(nil, &r)
	if err != nil {
		b.Fatal(err)
	}
	envelope := `<?xml version="1.0" encoding="UTF-8"?><BATCH>` + strings.Repeat(string(des), 500) + `</BATCH>`
	for _, form := range []struct {
		name string
		body string
		read func([]byte) (Batch, error)
	}{{"json", doc, DecodeJSON}, {"ndjson", lines, DecodeNDJSON}, {"xml", envelope, DecodeXML}} {
		b.Run(form.name, func(b *testing.B) {
			body := []byte(form.body)
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				got, err := form.read(body)
				if err != nil || len(got.Items) != 500 || got.Items[499].Problem != nil {
					b.Fatal(err, len(got.Items))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/500, "ns/record")
		})
	}
}
