package standard

import "testing"

func TestDefaultLoads(t *testing.T) {
	c, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(c.Datasets()); n != 48 {
		t.Errorf("data sets: %d, want 44 of the standard and 4 of the system", n)
	}
}
