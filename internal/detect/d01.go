package detect

import (
	"mingjing/internal/docket"
	"mingjing/internal/timeline"
)

// newD01: bid files of different bidders for one lot carry the same machine code
// set, processor, network card and disk together (实施条例 40). A clue only: it
// says that one machine made or sent them, not who sat before it.
func newD01() sameHand {
	return sameHand{
		info: Info{
			ID: "D01", Version: 1, ZH: "不同投标人机器码相同", EN: "same machine code set of different bidders",
			Grade: Clue, Article: "招标投标法实施条例 第四十条第（一）、（二）项", Datasets: []string{"519", "9010", "507", "504", "501", "503"},
		},
		datasets: []string{"519", "9010"}, fields: machineFields[:], threshold: "CPU+MAC+disk equal",
		noun: [2]string{"投标文件机器码（CPU、网卡、硬盘）", "machine codes (processor, network card, disk) in the bid files"},
		skip: [2]string{"场内设备或招标人文件", "the centre's own machines or the tenderer's file"},
		collect: func(d *docket.Docket, lot string, rows []*docket.Entry, set effective) comparison {
			return compareMachines(d, lot, rows, set.machines(), set.OwnMachines)
		},
	}
}

// compareMachines keeps the sheets that can be compared: complete ones that
// are neither a machine of the trading centre nor one that the tenderer's own
// file carries.
func compareMachines(d *docket.Docket, lot string, rows []*docket.Entry, read machineReader, own []Machine) comparison {
	c := comparison{parties: partiesOf(d, lot), comparable: map[string]bool{}}
	var known []machineSet
	for _, m := range own {
		known = append(known, read.read(m.CPU, m.MAC, m.Disk))
	}
	tenderers := tendererBodies(d, lot)
	for _, e := range append(timeline.Rows(d, "504", lot), timeline.Rows(d, "518", lot)...) {
		if m := read.row(e); m.complete() { // the control-price file, where a system sends its codes along
			known = append(known, m)
		}
	}
	for _, e := range rows {
		if m := read.row(e); m.complete() && tenderers[c.parties.identity(e)] {
			known = append(known, m)
		}
	}
	for _, e := range rows {
		machine := read.row(e)
		s := sheet{e, c.parties.identity(e), machine.names()}
		if s.bidder == "" || !machine.complete() || tenderers[s.bidder] {
			continue
		}
		excepted := false
		for _, k := range known {
			excepted = excepted || machine.is(k)
		}
		if excepted {
			c.excepted++
			c.comparable[s.bidder] = true // looked at, and explained
			continue
		}
		c.comparable[s.bidder] = true
		c.sheets = append(c.sheets, s)
	}
	return c
}
