package province

import (
	"context"
	"net/http"
	"time"

	"mingjing/internal/exchange"
	"mingjing/internal/exchange/signature"
	"mingjing/internal/standard"
)

// batch is how many records a simulated system sends at once.
const batch = 200

// KeyID is the id under which a simulated system's key is registered.
func (s System) KeyID() string { return s.Name + "-1" }

// Client is the system's own client of the door at base, such as
// "http://127.0.0.1:8080".
func (s System) Client(base string) (*exchange.Client, error) {
	key, err := signature.NewPrivateKey(signature.Ed25519, s.Key)
	if err != nil {
		return nil, err
	}
	return &exchange.Client{
		URL: base, Signer: signature.Signer{KeyID: s.KeyID(), Key: key}, HTTP: &http.Client{Timeout: time.Minute}, Clock: time.Now,
	}, nil
}

// Send hands in all records through the real door, each system's in order, as
// any vendor's system would. report is told after each batch. It returns how
// many were refused; an error means that the door did not take a batch.
func Send(ctx context.Context, base string, systems []System, list []Sending, report func(sent, refused int)) (refused int, err error) {
	queues := make([][]standard.Record, len(systems))
	flush := func(i int) error {
		client, err := systems[i].Client(base)
		if err != nil {
			return err
		}
		answer, err := client.Send(ctx, systems[i].Platform, queues[i])
		if err != nil {
			return err
		}
		refused += answer.Refused
		queues[i] = queues[i][:0]
		return nil
	}
	for n, s := range list {
		queues[s.System] = append(queues[s.System], s.Record)
		if len(queues[s.System]) == batch {
			if err := flush(s.System); err != nil {
				return refused, err
			}
			report(n+1, refused)
		}
	}
	for i := range queues {
		if len(queues[i]) > 0 {
			if err := flush(i); err != nil {
				return refused, err
			}
		}
	}
	report(len(list), refused)
	return refused, nil
}
