// Package province simulates trading systems for the demonstration and for
// tests: a province, its cities, its market of bodies, transactions with their
// whole life, the ordinary mess of real senders, and planted cases for each
// indicator, with honest look-alikes, in a truth list. The same
// seed and start give the same records and the same truth, byte for byte.
package province
