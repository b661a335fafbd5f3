package supervise

import "fmt"

// A Hand is who does something that needs two persons: by themselves, or in a
// post that another lent them.
type Hand struct {
	Person string // id
	For    string // id of whose post is lent to them; "": their own
}

// Apart says why two hands are not two persons, or nil. The same person under
// another post is one person still; and who acts in a lent post and the person
// who lent it have one judgement between them.
func Apart(one, other Hand) error {
	for _, a := range []string{one.Person, one.For} {
		for _, b := range []string{other.Person, other.For} {
			if a != "" && a == b {
				return fmt.Errorf("%w: 须由另一人决定，同一人换岗位、受托人与委托人不算两人 / another person must decide: the same person in another post, or who lent the post, is not another", ErrAct)
			}
		}
	}
	return nil
}
