package main

import (
	"context"
	"fmt"
	"log/slog"

	"mingjing/internal/ledger"
)

type witnessCmd struct {
	Data   string   `required:"" placeholder:"DIR" help:"The witness's own folder: its key and what it has cosigned."`
	Listen string   `default:"127.0.0.1:8081" help:"Address."`
	Name   string   `default:"witness.local/mingjing" help:"Name of the witness's key, fixed at inception."`
	Log    []string `required:"" sep:"none" placeholder:"VKEY" help:"Public keys of the logs it serves, as printed by serve and kept in DIR/checkpoints/log.vkey."`
}

func (c *witnessCmd) Run(ctx context.Context) error {
	return ledger.RunWitness(ctx, ledger.WitnessConfig{
		Name: c.Name, Dir: c.Data, Logs: c.Log, Listen: c.Listen, Log: slog.Default(),
		Ready: func(addr, vkey string) {
			fmt.Printf("mingjing witness listening on http://%s\nits key, for serve --witness: %s\n", addr, vkey)
		},
	})
}
