package province

import (
	"maps"
	"strings"
	"time"

	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// complete gives a record's fields: the caller's own, then those common to the
// sender, then, for fields that the standard requires and nobody gave, the
// catalogue's plain value, with the record's time for dates. What the data set
// does not have is left out.
func complete(dataset string, own, common map[string]string, at time.Time) map[string]string {
	out := map[string]string{}
	merge(out, own)
	set := standard.Default().Dataset(dataset)
	if set == nil {
		return out
	}
	maps.DeleteFunc(out, func(name, _ string) bool { return set.Field(name) == nil })
	plain := standard.Example(dataset).Fields
	for i := range set.Fields {
		f := &set.Fields[i]
		if _, ok := out[f.Name]; ok {
			continue
		}
		if v, ok := common[f.Name]; ok {
			out[f.Name] = v
			continue
		}
		if !f.Required {
			continue
		}
		if v := plain[f.Name]; v != "" {
			out[f.Name] = v
			if _, ok := trade.ParseMoment(v); ok && strings.HasPrefix(f.Format.String(), "D") {
				out[f.Name] = stamp(at)
			}
		}
	}
	return out
}

// regionName is the region's name, or its code when it has none.
func regionName(code string) string {
	if name := trade.Regions().Name(code); name != "" {
		return name
	}
	return code
}
