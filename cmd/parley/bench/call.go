package bench

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Options of the bench of calls.
type Options struct {
	Binary   string // of the server; "" is this program
	Sizes    []int  // how many calls at once, one run each
	Steady   time.Duration
	Warm     time.Duration // of calls, before anything is measured; 0 is 8 s
	Delays   Delays
	Drafts   bool
	Offline  bool   // no scripted providers: the engines of this machine, and the endpoint as it comes
	Testdata string // folder of real speech; "" makes the local voice speak
	Seed     uint64
	Profile  string    // folder for the server's profiles; "" is none
	Progress io.Writer // nil is none
}

const maxCalls = 1000

// Call is `parley bench call`.
func Call(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("bench call", flag.ContinueOnError)
	fs.SetOutput(out)
	o := Options{Testdata: os.Getenv("PARLEY_TESTDATA"), Progress: os.Stderr}
	calls := fs.Int("calls", 10, "how many calls at once")
	ramp := fs.String("ramp", "", "several sizes, such as 1,10,50, instead of -calls")
	seconds := fs.Int("seconds", 30, "of the steady window that is measured")
	endpoint := fs.Int("endpoint", 300, "ms of silence that end a turn")
	asr := fs.Int("asr", 200, "ms until the scripted recogniser's final text")
	llm := fs.Int("llm", 100, "ms until the scripted model's first token")
	token := fs.Int("token", 0, "ms between its tokens")
	tts := fs.Int("tts", 100, "ms until the scripted voice's first audio")
	fs.BoolVar(&o.Drafts, "drafts", true, "let the server draft answers")
	fs.BoolVar(&o.Offline, "offline", false, "no scripted providers: recogniser, brain and voice of this machine")
	fs.Uint64Var(&o.Seed, "seed", 1, "of the callers' choices")
	fs.StringVar(&o.Binary, "server", "", "another parley `program` to measure, such as an earlier version")
	fs.StringVar(&o.Profile, "profile", "", "`folder` for the server's profiles")
	plots := fs.String("plots", "", "`folder` for plots")
	asJSON := fs.Bool("json", false, "print the results as JSON")
	quiet := fs.Bool("quiet", false, "no progress")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if o.Offline {
		var bad error
		fs.Visit(func(f *flag.Flag) {
			if slices.Contains([]string{"endpoint", "asr", "llm", "token", "tts"}, f.Name) {
				bad = fmt.Errorf("bench: -%s is of the scripted providers; -offline has none", f.Name)
			}
		})
		if bad != nil {
			return bad
		}
	}
	at := func(n *int) time.Duration { return time.Duration(*n) * time.Millisecond }
	o.Delays = Delays{Endpoint: at(endpoint), ASR: at(asr), LLM: at(llm), Token: at(token), TTS: at(tts)}
	o.Steady = time.Duration(*seconds) * time.Second
	if *quiet {
		o.Progress = nil
	}
	var err error
	if o.Sizes, err = sizes(*ramp, *calls, maxCalls); err != nil {
		return err
	}
	results, err := Measure(ctx, o)
	if err != nil {
		return err
	}
	if *plots != "" {
		if err := plot(*plots, results); err != nil {
			return err
		}
	}
	if *asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(results)
	}
	return table(out, results)
}

func sizes(ramp string, n, most int) (out []int, err error) {
	list := strings.Split(ramp, ",")
	if ramp == "" {
		list = []string{strconv.Itoa(n)}
	}
	for _, s := range list {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || n < 1 || n > most {
			return nil, fmt.Errorf("bench: %q is no number from 1 to %d", s, most)
		}
		out = append(out, n)
	}
	return out, nil
}

// Measure runs the bench once for each size.
func Measure(ctx context.Context, o Options) ([]*Result, error) {
	if o.Progress == nil {
		o.Progress = io.Discard
	}
	if o.Warm == 0 {
		o.Warm = 8 * time.Second
	}
	if o.Binary == "" {
		var err error
		if o.Binary, err = os.Executable(); err != nil {
			return nil, fmt.Errorf("bench: %w", err)
		}
	}
	clips, err := loadClips(o.Testdata)
	if err != nil {
		return nil, err
	}
	if len(clips.packets) == 0 {
		return nil, errors.New("bench: no speech to call with")
	}
	var out []*Result
	for _, n := range o.Sizes {
		r, err := measure(ctx, o, clips, n)
		if err != nil {
			return out, fmt.Errorf("%d calls: %w", n, err)
		}
		out = append(out, r)
	}
	return out, nil
}
