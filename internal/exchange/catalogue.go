package exchange

import (
	"cmp"
	"net/http"
	"slices"

	"mingjing/internal/standard"
)

// StandardList answers /exchange/v1/standards.
type StandardList struct {
	RequestID string            `json:"request_id"`
	Versions  []StandardVersion `json:"versions"`
}

// StandardVersion is one version of the data standard that the catalogue knows.
type StandardVersion struct {
	Version  string   `json:"version"`
	From     string   `json:"from" doc:"Month or day from which it is in force: yyyy-MM or yyyy-MM-dd"`
	Source   string   `json:"source" doc:"Document that sets it"`
	Datasets []string `json:"datasets" doc:"Numbers of the data sets that have this version"`
}

// DatasetList answers /exchange/v1/datasets.
type DatasetList struct {
	RequestID string        `json:"request_id"`
	Datasets  []DatasetInfo `json:"datasets"`
}

// DatasetInfo is one data set of the catalogue.
type DatasetInfo struct {
	No       string      `json:"no"`
	NameZH   string      `json:"name_zh"`
	NameEN   string      `json:"name_en"`
	Class    string      `json:"class"`
	Stage    string      `json:"stage"`
	Key      []string    `json:"key" doc:"Fields that name a row"`
	Versions []string    `json:"versions"`
	Time     string      `json:"time,omitempty" doc:"Field with the time of the event that the row reports"`
	Bulk     bool        `json:"bulk,omitzero"`
	Seal     string      `json:"seal,omitempty" enum:"bid,committee,personal" doc:"The whole record is stored sealed until this is released"`
	Fields   []FieldInfo `json:"fields"`
}

// FieldInfo is one field of a data set.
type FieldInfo struct {
	Name       string `json:"name"`
	NameZH     string `json:"name_zh"`
	Required   bool   `json:"required,omitzero"`
	NameEN     string `json:"name_en,omitempty"`
	Format     string `json:"format" doc:"As the standard writes it: C18 fixed, C..50 at most, N14,6, dates"`
	List       string `json:"list,omitempty" doc:"Code list that the value must be of"`
	Seal       string `json:"seal,omitempty" enum:"bid,committee,personal"`
	Disclosure string `json:"disclosure,omitempty" enum:"public,government,closed"`
}

// standards lists the versions with the day from which each is in force.
func (d *door) standards(c *call) *fault {
	out := StandardList{RequestID: c.id}
	at := map[string]int{}
	for _, ds := range d.Catalogue.Datasets() {
		if ds.Class == standard.ClassSystem {
			continue
		}
		for _, v := range ds.Versions {
			i, ok := at[v.Name]
			if !ok {
				i = len(out.Versions)
				at[v.Name] = i
				out.Versions = append(out.Versions, StandardVersion{Version: v.Name, From: v.From, Source: v.Source})
			}
			out.Versions[i].From = min(out.Versions[i].From, v.From)
			out.Versions[i].Datasets = append(out.Versions[i].Datasets, ds.No)
		}
	}
	slices.SortFunc(out.Versions, func(a, b StandardVersion) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Version, b.Version))
	})
	c.answer(http.StatusOK, "application/json", out)
	return nil
}

// datasets lists what may be sent, field by field. Data sets of the system
// itself are left out: no source may send one.
func (d *door) datasets(c *call) *fault {
	out := DatasetList{RequestID: c.id}
	for _, ds := range d.Catalogue.Datasets() {
		if ds.Class == standard.ClassSystem {
			continue
		}
		info := DatasetInfo{
			No: ds.No, NameZH: ds.NameZH, NameEN: ds.NameEN, Class: string(ds.Class), Stage: string(ds.Stage),
			Key: ds.Key, Time: ds.Time, Bulk: ds.Bulk, Seal: string(ds.Seal),
		}
		for _, v := range ds.Versions {
			info.Versions = append(info.Versions, v.Name)
		}
		for i := range ds.Fields {
			f := &ds.Fields[i]
			info.Fields = append(info.Fields, FieldInfo{
				Name: f.Name, NameZH: f.ZH, NameEN: f.EN, Required: f.Required, Format: f.Format.String(), List: f.List,
				Seal: string(f.Seal), Disclosure: string(f.Disclosure),
			})
		}
		out.Datasets = append(out.Datasets, info)
	}
	c.answer(http.StatusOK, "application/json", out)
	return nil
}
