// Package trade holds the words of the field: regions, organisation codes,
// project and lot codes, classes and stages of trade, money, moments and the
// calendar of working days. It imports nothing of ours and does no I/O.
package trade
