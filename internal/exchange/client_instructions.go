package exchange

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
)

// Instructions asks what supervisors tell the source to do, after the cursor,
// "" from the beginning; it waits so long when there is nothing. A refusal is a
// *Problem.
func (c *Client) Instructions(ctx context.Context, after string, wait time.Duration) (*InstructionPage, error) {
	q := url.Values{"wait": {strconv.Itoa(int(wait / time.Second))}}
	if after != "" {
		q.Set("after", after)
	}
	page := new(InstructionPage)
	return page, c.call(ctx, http.MethodGet, instructionsPath+"?"+q.Encode(), http.Header{}, nil, page)
}

// AnswerInstruction says that the source has an instruction, has carried it out
// or will not. Saying it again changes nothing. A refusal is a *Problem.
func (c *Client) AnswerInstruction(ctx context.Context, a InstructionAnswer) (*InstructionAnswered, error) {
	body, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("answer an instruction: %w", err)
	}
	out := new(InstructionAnswered)
	return out, c.call(ctx, http.MethodPost, instructionsPath, http.Header{"Content-Type": {"application/json"}}, body, out)
}

// call sends one signed request and reads its JSON answer.
func (c *Client) call(ctx context.Context, method, path string, header http.Header, body []byte, answer any) error {
	r, err := c.signed(ctx, method, path, header, body)
	if err != nil {
		return fmt.Errorf("ask the door: %w", err)
	}
	resp, err := c.client().Do(r)
	if err != nil {
		return fmt.Errorf("ask the door: %w", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		problem := new(Problem)
		if err := json.Unmarshal(text, problem); err != nil {
			return fmt.Errorf("the door answered %s without a problem document", resp.Status)
		}
		return problem
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}
