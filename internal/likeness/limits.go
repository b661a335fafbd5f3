package likeness

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

//go:embed limits.yaml
var limitsYAML []byte

// Settings are the limits of both comparisons.
type Settings struct {
	Text Limits     `yaml:"text"`
	Bill BillLimits `yaml:"bill"`
}

// DefaultLimits and DefaultBillLimits are those of limits.yaml, which says where
// they come from.
var (
	DefaultLimits     = defaults().Text
	DefaultBillLimits = defaults().Bill
)

func defaults() Settings {
	s, err := ReadSettings(bytes.NewReader(nil))
	if err != nil {
		panic(err) // embedded
	}
	return s
}

// ReadSettings reads limits as YAML; what it does not say stays by default.
func ReadSettings(r io.Reader) (Settings, error) {
	var s Settings
	for _, from := range []io.Reader{bytes.NewReader(limitsYAML), r} {
		dec := yaml.NewDecoder(from)
		dec.KnownFields(true)
		if err := dec.Decode(&s); err != nil && !errors.Is(err, io.EOF) {
			return s, fmt.Errorf("likeness: limits: %w", err)
		}
	}
	t, b := s.Text, s.Bill
	switch {
	case t.Seed < 3 || t.Seed > 20 || t.Often < 1 || t.Often > 1000 || t.Gap < 0 || t.Gap > 200 || t.Least < t.Seed || t.Cost <= 0 || t.Quoted < t.Seed || t.Shuffle < 0 || t.Report < t.Least:
		return s, errors.New("likeness: limits: text wants seed 3 to 20, often 1 to 1000, gap to 200, least and quoted not below seed, cost above 0, report not below least")
	case b.Least < 1 || b.Trivial < 0 || b.Look <= 0 || b.Strong < b.Look || b.Strong > 1 || b.Ratio <= 0 || b.Ratio > 1 || b.Errors < 1 || b.Tolerance < 0:
		return s, errors.New("likeness: limits: bill wants least and errors from 1, shares above 0 up to 1, strong not below look, nothing negative")
	}
	return s, nil
}
