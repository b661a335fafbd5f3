// Package standard is the national data standard of public resource trading as
// data and pure functions: the catalogue of data sets and code lists, the
// record that every other room passes on, the rules that a record is checked
// by, the seals it is stored under, and the decoders and encoders of the forms
// it travels in (JSON, NDJSON, the standard's XML envelope).
//
// A data set is a document of its group under catalogue/, a code list a file under lists/: a new
// one needs no code. Nothing here reads a clock, a disk or the network.
//
// What it is trusted for: the same record in the same context always gets the
// same report (the dry run and the door are this code), and no report carries
// the value of a field that is sealed.
package standard
