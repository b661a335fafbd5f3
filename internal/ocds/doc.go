// Package ocds reads and writes the Open Contracting Data Standard (OCDS 1.1,
// https://standard.open-contracting.org/1.1/). A compiled release is kept in
// the log byte for byte as one record of data set "ocds"; Expand maps it, at
// fold time, to the national standard's field names, so that the same docket
// types and the same indicators serve both, and a better mapping needs no new
// import.
package ocds
