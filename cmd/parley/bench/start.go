package bench

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"parley/dialog"
	"parley/dialog/knowledge"
	"parley/dialog/store"
)

// firstLimit is how long the first answer may take.
const firstLimit = 2 * time.Minute

// Start is `parley bench start`: how long a server that knows much takes from its start to
// its first answer.
func Start(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("bench start", flag.ContinueOnError)
	fs.SetOutput(out)
	passages := fs.Int("passages", 100_000, "how much the server knows, half English, half Chinese, about 200 characters each")
	runs := fs.Int("runs", 3, "starts after the first, which finds no snapshot")
	binary := fs.String("server", "", "another parley `program` to measure, such as an earlier version")
	profile := fs.String("profile", "", "`folder` for the server's profiles of the last start")
	seed := fs.Uint64("seed", 1, "of the texts")
	asJSON := fs.Bool("json", false, "print the result as JSON")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *passages < 100 || *runs < 0 {
		return errors.New("bench: at least 100 passages are needed")
	}
	var err error
	if *binary == "" {
		if *binary, err = os.Executable(); err != nil {
			return fmt.Errorf("bench: %w", err)
		}
	}
	r, err := starts(ctx, *binary, *passages, *runs, *seed, *profile)
	if err != nil {
		return err
	}
	if *asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	return r.print(out)
}

// Started is what starts took, in seconds from the start of the process.
type Started struct {
	Passages int      `json:"passages"`
	First    [2]Times `json:"first"` // without and with what the first start of all leaves beside the snapshot
	Again    []Times  `json:"again"` // each after a clean end
	Crashed  Times    `json:"crashed"`
}

// Times of one start.
type Times struct {
	Ready  float64 `json:"ready_s"`
	Answer float64 `json:"answer_s"`
	CPU    float64 `json:"cpu_s"` // of the process until then
}

func starts(ctx context.Context, binary string, passages, runs int, seed uint64, profile string) (r Started, err error) {
	dir, err := os.MkdirTemp("", "parley-bench-")
	if err != nil {
		return r, fmt.Errorf("bench: %w", err)
	}
	s := &server{dir: dir}
	defer func() { err = errors.Join(err, s.clean()) }()
	data := filepath.Join(dir, "data")
	file := filepath.Join(dir, "parley.yaml")
	conf := fmt.Sprintf("listen: \"127.0.0.1:0\"\nrtc: {addr: \"127.0.0.1:0\", tcp: false}\nbot: {languages: [en, zh-CN]}\ndata: %q\n", data)
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		return r, fmt.Errorf("bench: %w", err)
	}
	w := newWriter(seed)
	if r.Passages, err = w.fill(ctx, data, passages); err != nil {
		return r, err
	}
	one := func(kill bool, more ...string) (t Times, err error) {
		began := time.Now()
		if err = s.launch(ctx, binary, append([]string{"serve", "-drain", "1s", "--config", file}, more...)...); err != nil {
			return t, err
		}
		t.Ready = time.Since(began).Seconds()
		err = s.firstAnswer(ctx, w.question, w.answer)
		t.Answer = time.Since(began).Seconds()
		if used, err := s.cpu(); err == nil {
			t.CPU = used.Seconds()
		}
		if kill {
			_ = s.cmd.Process.Kill()
			<-s.read
			_ = s.cmd.Wait()
			_ = s.log.Close()
			return t, err
		}
		return t, errors.Join(err, s.halt())
	}
	for i := range r.First {
		if err := remove(data, "*.snapshot"); err != nil {
			return r, err
		}
		if r.First[i], err = one(false); err != nil {
			return r, err
		}
	}
	for i := range runs {
		var more []string
		if profile != "" && i == runs-1 {
			more = []string{"--profile", profile}
		}
		t, err := one(i == runs-1 && profile == "", more...)
		if err != nil {
			return r, err
		}
		r.Again = append(r.Again, t)
	}
	r.Crashed, err = one(false)
	return r, err
}

func remove(dir, pattern string) error {
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	for _, f := range files {
		err = errors.Join(err, os.Remove(f))
	}
	return err
}

// firstAnswer asks and waits for the answer.
func (s *server) firstAnswer(ctx context.Context, question, answer string) error {
	ctx, cancel := context.WithTimeout(ctx, firstLimit)
	defer cancel()
	c, err := s.open(ctx)
	if err != nil {
		return err
	}
	var said []string
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	found := false
	wait, err := s.watch(ctx, c, func(e event) {
		var m dialog.MessageData
		if e.Type == dialog.MessageCreated && json.Unmarshal(e.Data, &m) == nil && m.From == dialog.Bot {
			said = append(said, m.Text)
			if strings.Contains(m.Text, answer) {
				found = true
				stop()
			}
		}
	})
	if err != nil {
		return err
	}
	body, _ := json.Marshal(map[string]string{"text": question})
	_, _, err = s.do(ctx, http.MethodPost, "/v1/conversations/"+c.ID+"/messages", c.Token, "application/json", string(body))
	if err != nil {
		return err
	}
	wait()
	if !found {
		return fmt.Errorf("bench: %q was answered with %q, not with %q", question, said, answer)
	}
	return nil
}

func (r Started) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "%d passages\tready, s\tfirst answer, s\tprocessor, s\t\n", r.Passages)
	row := func(what string, t Times) { fmt.Fprintf(w, "%s\t%.2f\t%.2f\t%.2f\t\n", what, t.Ready, t.Answer, t.CPU) }
	row("first of all", r.First[0])
	row("no snapshot", r.First[1])
	for _, t := range r.Again {
		row("again", t)
	}
	row("after a crash", r.Crashed)
	return w.Flush()
}

// writer makes documents whose words are as frequent as words are.
type writer struct {
	rnd   *rand.Rand
	zipf  *rand.Zipf
	words []string
	// What is asked, and what the answer says.
	question, answer string
}

func newWriter(seed uint64) *writer {
	w := &writer{rnd: rand.New(rand.NewPCG(seed, 9))}
	const vowels, consonants = "aeiou", "bcdfghklmnprstvw"
	for range 30_000 {
		var b strings.Builder
		for range 2 + w.rnd.IntN(3) {
			b.WriteByte(consonants[w.rnd.IntN(len(consonants))])
			b.WriteByte(vowels[w.rnd.IntN(len(vowels))])
		}
		w.words = append(w.words, b.String())
	}
	w.zipf = rand.NewZipf(w.rnd, 1.1, 4, uint64(len(w.words)-1))
	return w
}

const perDocument = 20 // passages

// fill writes documents into the store of a data folder.
func (w *writer) fill(ctx context.Context, data string, passages int) (n int, err error) {
	st, err := store.Open(ctx, store.Options{Folder: data})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	know := knowledge.New(knowledge.Options{Store: st})
	defer know.Close()
	for ; n < passages; n += perDocument {
		text := w.document(n/perDocument%2 == 1)
		if n == passages/2/perDocument*perDocument {
			text += "\n## Brightmoor lantern\nThe Brightmoor lantern costs 4711 dollars and burns for a week.\n"
			w.question, w.answer = "How much does the Brightmoor lantern cost?", "4711 dollars"
		}
		if _, _, err := know.Put(ctx, fmt.Sprintf("bench-%d", n), knowledge.Input{Text: &text, Who: "bench"}); err != nil {
			return n, err
		}
	}
	return n, nil
}

func (w *writer) document(chinese bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", w.phrase(chinese, 3))
	for range perDocument {
		fmt.Fprintf(&b, "\n## %s\n", w.phrase(chinese, 4))
		for range 4 {
			b.WriteString(w.phrase(chinese, 8))
			b.WriteString(map[bool]string{false: ". ", true: "。"}[chinese])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// phrase is so many words.
func (w *writer) phrase(chinese bool, words int) string {
	out := make([]string, words)
	for i := range out {
		n := w.zipf.Uint64()
		if out[i] = w.words[n]; chinese {
			out[i] = string([]rune{rune(0x4e00 + n*7%3500), rune(0x4e00 + n*13%3500)})
		}
	}
	return strings.Join(out, map[bool]string{false: " ", true: ""}[chinese])
}
