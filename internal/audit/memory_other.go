//go:build !unix

package audit

// held cannot be told here: the limit of time alone holds.
func held() int64 { return 0 }
