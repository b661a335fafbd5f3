// Package server is the HTTP side of Mingjing: the API under /api/v1, the
// public pages, health, metrics, and the addresses of the door (/exchange/…)
// and of the log (/log/…), which it only mounts.
//
// What it is trusted for: it shows dockets and findings only as
// disclose.View and disclose.Findings build them, for a reader that comes from
// a token and never from a parameter. It keeps no line of SQL and decides
// nothing about disclosure itself.
package server
