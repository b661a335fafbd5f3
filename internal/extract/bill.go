package extract

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"mingjing/internal/likeness"
)

// Names of a bill's columns, elements or attributes, without blanks and in lower
// case; the first that is found counts. Seen in practice; no standard gives them.
var billNames = map[string][]string{
	"code":     {"项目编码", "清单编码", "项目编号", "清单编号", "编码", "子目号", "子目编号", "qdbm", "xmbm", "code", "itemcode"},
	"name":     {"项目名称", "清单名称", "子目名称", "名称", "xmmc", "qdmc", "name", "itemname", "description"},
	"unit":     {"计量单位", "单位", "jldw", "dw", "unit"},
	"quantity": {"工程量", "工程数量", "清单工程量", "数量", "gcl", "sl", "quantity"},
	"price":    {"综合单价", "综合单价(元)", "投标单价", "单价", "单价(元)", "zhdj", "dj", "unitprice", "price"},
	"amount":   {"综合合价", "综合合价(元)", "合价", "合价(元)", "金额", "金额(元)", "zhhj", "hj", "amount", "total"},
}

// field says which part of an item a name stands for, and how good it is: the
// lower, the better; false when it stands for none.
func field(name string) (part string, rank int, ok bool) {
	name = strings.ToLower(strings.NewReplacer(" ", "", "\n", "", "\r", "", "　", "", "（", "(", "）", ")").Replace(name))
	for part, names := range billNames {
		for rank, n := range names {
			if name == n {
				return part, rank, true
			}
		}
	}
	return "", 0, false
}

// maxItems is how many items of a bill are read.
const maxItems = 200_000

// ReadBill reads a priced bill of quantities: XLSX with a row of column names, or
// XML whose elements carry code or name and unit price. A file that holds no
// priced item is unreadable as a bill.
func ReadBill(data []byte, l Limits) (b likeness.Bill, err error) {
	defer func() {
		if p := recover(); p != nil {
			b, err = nil, unreadable("the parser broke down: %T", p)
		}
	}()
	if len(data) > l.File {
		return nil, unreadable("%d bytes are more than the limit of %d", len(data), l.File)
	}
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		if _, err = open(data, l); err == nil {
			b, err = billOfSheets(data, l)
		}
	} else {
		b, err = billOfXML(data)
	}
	if err == nil && len(b) == 0 {
		err = unreadable("no item with a unit price is found in it: a bill has columns such as 项目编码, 计量单位, 工程量, 综合单价, 合价")
	}
	return b, err
}

func billOfSheets(data []byte, l Limits) (likeness.Bill, error) {
	var out likeness.Bill
	var columns map[string]int
	at := ""
	err := rows(data, l, l.Expanded, func(sheet string, row int, cells []string) bool {
		if sheet != at {
			at, columns = sheet, nil
		}
		if found := heading(cells); found != nil {
			columns = found
			return true
		}
		if columns == nil {
			return true
		}
		values := map[string]string{}
		for part, c := range columns {
			if c < len(cells) {
				values[part] = cells[c]
			}
		}
		if item, ok := item(values, fmt.Sprintf("%s!%d", sheet, row)); ok {
			out = append(out, item)
		}
		return len(out) < maxItems
	})
	return out, err
}

// heading reads a row of column names: a price and a code or name at least.
func heading(cells []string) map[string]int {
	columns, ranks := map[string]int{}, map[string]int{}
	for i, c := range cells {
		part, rank, ok := field(c)
		if had, is := ranks[part]; ok && (!is || rank < had) {
			columns[part], ranks[part] = i, rank
		}
	}
	_, price := columns["price"]
	_, code := columns["code"]
	_, name := columns["name"]
	if price && (code || name) {
		return columns
	}
	return nil
}

func item(values map[string]string, place string) (likeness.BillItem, bool) {
	i := likeness.BillItem{Code: short(values["code"]), Name: short(values["name"]), Unit: short(values["unit"]), Place: place}
	price, ok := number(values["price"])
	if !ok || price <= 0 || i.Code == "" && i.Name == "" {
		return i, false
	}
	i.Price = price
	i.Quantity, _ = number(values["quantity"])
	i.Amount, _ = number(values["amount"])
	return i, true
}

func number(s string) (float64, bool) {
	v, err := strconv.ParseFloat(strings.NewReplacer(",", "", "，", "", " ", "", "¥", "", "￥", "").Replace(s), 64)
	return v, err == nil && !math.IsNaN(v) && math.Abs(v) < 1e13
}

func billOfXML(data []byte) (likeness.Bill, error) {
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		switch strings.ToLower(label) {
		case "gb2312", "gbk", "gb18030":
			return simplifiedchinese.GB18030.NewDecoder().Reader(in), nil
		}
		return nil, fmt.Errorf("no encoding %q", label)
	}
	type element struct {
		name   string
		values map[string]string
		ranks  map[string]int
		text   strings.Builder
		leaf   bool
		line   int
	}
	set := func(e *element, name, value string) {
		part, rank, ok := field(name)
		if had, is := e.ranks[part]; ok && (!is || rank < had) {
			e.values[part], e.ranks[part] = value, rank
		}
	}
	var out likeness.Bill
	var stack []*element
	for len(out) < maxItems {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, unreadable("broken XML: %v", err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if len(stack) >= 200 {
				return nil, unreadable("XML more than 200 levels deep")
			}
			line, _ := dec.InputPos()
			e := &element{name: t.Name.Local, values: map[string]string{}, ranks: map[string]int{}, leaf: true, line: line}
			for _, a := range t.Attr {
				set(e, a.Name.Local, a.Value)
			}
			if len(stack) > 0 {
				stack[len(stack)-1].leaf = false
			}
			stack = append(stack, e)
		case xml.CharData:
			if len(stack) > 0 && stack[len(stack)-1].text.Len() < 4096 {
				stack[len(stack)-1].text.Write(t)
			}
		case xml.EndElement:
			e := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if e.leaf && len(e.values) == 0 && len(stack) > 0 {
				set(stack[len(stack)-1], e.name, e.text.String())
			}
			if i, ok := item(e.values, fmt.Sprintf("line %d", e.line)); ok {
				out = append(out, i)
			}
		}
	}
	return out, nil
}
