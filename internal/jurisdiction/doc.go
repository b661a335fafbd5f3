// Package jurisdiction says which office supervises what: a dated table of
// region × sector × office. It is a table and not a rule about prefixes, for
// zones have offices of their own or none, some counties answer to the province
// and not to the city that their code names, and districts are merged while old
// records keep their codes. It does no I/O and knows no clock.
package jurisdiction
