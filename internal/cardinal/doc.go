// Package cardinal computes the eleven indicators of Open Contracting
// Partnership's Cardinal over compiled OCDS releases, one JSON object a line,
// and gives the answer that Cardinal gives; or, asked for it, our own answer
// where we differ on purpose (docs/analyze-ocds.md).
//
// A line is read once, by a scanner that checks all of it and keeps only what
// an indicator looks at. Several workers read a stream; what each of them found
// is put together so that the answer is that of one reader who goes from line
// to line.
package cardinal
