package province

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"mingjing/internal/exchange"
)

// A Manner is how a simulated system takes instructions.
type Manner string

// The manners. Silent hears and says nothing; Slow has it and does nothing.
const (
	Obey   Manner = "obey"
	Slow   Manner = "slow"
	Defy   Manner = "defy"
	Silent Manner = "silent"
)

// A Listener is a simulated system that asks for instructions, as any vendor's
// system would, and answers in its manner.
type Listener struct {
	Client *exchange.Client
	Manner func(exchange.InstructionItem) Manner                                     // nil: it obeys
	Halts  *Halts                                                                    // what it stops, pauses and resumes; nil: nothing waits
	Send   func(ctx context.Context, list []Sending) error                           // sends what had waited
	Pause  time.Duration                                                             // between having an instruction and having carried it out; 0: none
	Told   func(item exchange.InstructionItem, answer *exchange.InstructionAnswered) // each answer, for who watches; nil: nobody
	Wait   time.Duration                                                             // of each request; 0: 30 s
}

// answers are what an obeying system says, by kind.
var answers = map[string]string{
	"ask": "经核实，资料齐全，情况说明已存档备查。", "correct": "已按要求改正，并已重新报送相关数据。", "pause": "已暂停交易活动，等待进一步通知。",
	"resume": "已恢复交易活动。", "stop": "已终止本次交易活动。", "reevaluate": "已通知招标人，原评标委员会将重新评审。",
}

// Listen asks until ctx ends. What cannot be reached is asked again, as long as
// ctx lasts; a refusal that will stay is an error.
func (l *Listener) Listen(ctx context.Context) error {
	wait := l.Wait
	if wait == 0 {
		wait = 30 * time.Second
	}
	for after := ""; ctx.Err() == nil; {
		page, err := l.Client.Instructions(ctx, after, wait)
		if err != nil {
			var p *exchange.Problem
			if ctx.Err() == nil && errors.As(err, &p) && p.Retry == exchange.RetryNever {
				return err
			}
			sleep(ctx, time.Second+rand.N(time.Second)) //nolint:gosec // only spreads who asks
			continue
		}
		for _, item := range page.Items {
			if err := l.take(ctx, item); err != nil && ctx.Err() == nil {
				return err
			}
		}
		after = page.Next
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

func (l *Listener) take(ctx context.Context, item exchange.InstructionItem) error {
	if item.State != "issued" && item.State != "acknowledged" { // it was answered before, or recalled
		return nil
	}
	manner := Obey
	if l.Manner != nil {
		manner = l.Manner(item)
	}
	if manner == Silent {
		return nil
	}
	if err := l.say(ctx, item, "acknowledge", ""); err != nil {
		return err
	}
	sleep(ctx, l.Pause)
	switch manner {
	case Defy:
		return l.say(ctx, item, "decline", "招标人认为本次交易程序合法，申请复核。")
	case Slow:
		return nil
	}
	if err := l.carry(ctx, item); err != nil {
		return err
	}
	return l.say(ctx, item, "execute", answers[item.Kind])
}

func (l *Listener) say(ctx context.Context, item exchange.InstructionItem, step, text string) error {
	a, err := l.Client.AnswerInstruction(ctx, exchange.InstructionAnswer{Instruction: item.ID, Step: step, Text: text})
	var p *exchange.Problem
	if errors.As(err, &p) && p.Rule == "X061" { // recalled meanwhile
		return nil
	}
	if err == nil && l.Told != nil {
		l.Told(item, a)
	}
	return err
}

// carry does what it is told, before it says that it has.
func (l *Listener) carry(ctx context.Context, item exchange.InstructionItem) error {
	if l.Halts == nil {
		return nil
	}
	switch item.Kind {
	case "pause", "stop":
		l.Halts.Halt(item.Docket)
	case "resume":
		if list := l.Halts.Resume(item.Docket); len(list) > 0 {
			return l.Send(ctx, list)
		}
	}
	return nil
}
