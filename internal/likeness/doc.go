// Package likeness compares what bidders wrote: passages that two texts share
// beyond the tender's own document, with their places in both; words and slips
// that only two have; another bidder's name inside; texts that are nearly the
// same among very many; and bills of quantities.
//
// It is pure: texts in, evidence out. What it finds is a clue for a person, who
// sees the places themselves; it never says that bidders colluded.
package likeness
