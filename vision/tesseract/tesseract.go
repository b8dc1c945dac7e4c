// Package tesseract reads the text of pictures with the program of that name
// (github.com/tesseract-ocr/tesseract), offline, as a limited child process.
package tesseract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // what vision.Take makes
	"image/png"
	"math"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"parley/vision"
	"parley/vision/child"
)

const program = "tesseract"

// Options of an engine.
type Options struct {
	Program string        // "" is tesseract
	Time    time.Duration // for one picture; 0 is 20 s
	Workers int           // pictures read at a time; 0 is 1: it takes a core, away from calls
}

// Engine reads text; what a picture shows besides, it does not know.
type Engine struct {
	o    Options
	busy chan struct{}
}

var (
	_ vision.Reader  = (*Engine)(nil)
	_ vision.Checker = (*Engine)(nil)
)

// New returns an engine.
func New(o Options) *Engine {
	if o.Program == "" {
		o.Program = program
	}
	if o.Time == 0 {
		o.Time = 20 * time.Second
	}
	return &Engine{o: o, busy: make(chan struct{}, max(1, o.Workers))}
}

// Languages are those that are installed, as tesseract names them.
func (e *Engine) Languages(ctx context.Context) ([]string, error) {
	out, told, err := e.run(ctx, nil, "--list-langs")
	if err != nil {
		return nil, e.failure(told, err)
	}
	_, list, _ := strings.Cut(string(out), "\n")
	return strings.Fields(list), nil
}

// Check implements vision.Checker.
func (e *Engine) Check(ctx context.Context) error {
	got, err := e.Languages(ctx)
	if err != nil {
		return err
	}
	for _, want := range []string{"eng", "chi_sim"} {
		if !slices.Contains(got, want) {
			return fmt.Errorf("tesseract: %w: %s is not installed", vision.ErrUnavailable, want)
		}
	}
	return nil
}

// Read implements vision.Reader.
func (e *Engine) Read(ctx context.Context, images []vision.Image, q vision.Question) ([]vision.Finding, error) {
	out := make([]vision.Finding, 0, len(images))
	for _, m := range images {
		f, err := e.read(ctx, m, q)
		switch late := errors.Is(err, context.DeadlineExceeded); {
		case late && (ctx.Err() == nil || len(out) > 0): // the others count
			f = vision.Finding{Kind: vision.Other, Trouble: vision.Unread}
		case err != nil:
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// A picture whose surest reading has less is read in the other language too.
const (
	sure   = 0.75
	doubt  = 0.45 // a word with less is not told
	blunt  = 14   // sharpness below which little is read
	dim    = 90   // of its brightest below which a picture is dark
	tiny   = 9    // pixels of a letter's height below which closer is the advice
	fewest = 3    // letters and digits that make a text
)

func (e *Engine) read(ctx context.Context, m vision.Image, q vision.Question) (vision.Finding, error) {
	select {
	case e.busy <- struct{}{}:
		defer func() { <-e.busy }()
	case <-ctx.Done():
		return vision.Finding{}, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, e.o.Time)
	defer cancel()
	decoded, _, err := image.Decode(bytes.NewReader(m.Data))
	if err != nil {
		return vision.Finding{}, fmt.Errorf("tesseract: %w", err)
	}
	p := prepare(decoded)
	chinese := strings.HasPrefix(q.Language, "zh")
	lines, err := e.lines(ctx, p, chinese)
	if err != nil {
		return vision.Finding{}, err
	}
	if certainty(lines) < sure {
		other, err := e.lines(ctx, p, !chinese)
		switch {
		case errors.Is(err, vision.ErrUnavailable): // the other language is not installed
		case err != nil:
			return vision.Finding{}, err
		case weight(other) > weight(lines):
			lines = other
		}
	}
	f := vision.Finding{Kind: kind(p, lines), Lines: lines, Identifiers: vision.Identify(lines)}
	f.Trouble = trouble(p, lines)
	return f, nil
}

// lines reads a prepared picture.
func (e *Engine) lines(ctx context.Context, p prepared, chinese bool) ([]vision.Line, error) {
	g, languages, mode := even(p.gray), "eng", "11"
	if chinese {
		g, languages, mode = p.gray, "chi_sim+eng", "3"
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, g); err != nil {
		return nil, fmt.Errorf("tesseract: %w", err)
	}
	out, told, err := e.run(ctx, b.Bytes(), "-", "-", "--dpi", "150", "-l", languages, "--psm", mode, "tsv")
	if err != nil {
		return nil, e.failure(told, err)
	}
	return rows(words(string(out)), p.back), nil
}

func (e *Engine) run(ctx context.Context, input []byte, args ...string) (out []byte, told string, err error) {
	// More than one thread of it on busy cores is many times slower.
	return child.Run(ctx, child.Limits{Memory: 2 << 30, Time: e.o.Time, Output: 8 << 20, Env: []string{"OMP_THREAD_LIMIT=1"}}, input, e.o.Program, args...)
}

func (e *Engine) failure(told string, err error) error {
	var exit *exec.ExitError
	switch {
	case errors.Is(err, child.ErrMissing):
		return fmt.Errorf("tesseract: %w: it is not installed (apt-get install tesseract-ocr tesseract-ocr-chi-sim)", vision.ErrUnavailable)
	case errors.As(err, &exit):
		return fmt.Errorf("tesseract: %w: %.300s", vision.ErrUnavailable, told)
	}
	return fmt.Errorf("tesseract: %w", err)
}

// word is one of the program's, in the prepared picture's pixels.
type word struct {
	text             string
	x, y, w, h       int
	confidence       float64
	block, par, line int
}

// words reads the program's table.
func words(tsv string) []word {
	var out []word
	for row := range strings.Lines(tsv) {
		f := strings.Split(strings.TrimRight(row, "\r\n"), "\t")
		if len(f) != 12 || f[0] != "5" || strings.TrimSpace(f[11]) == "" {
			continue
		}
		var n [9]int
		bad := false
		for i, s := range f[2:10] {
			v, err := strconv.Atoi(s)
			n[i], bad = v, bad || err != nil
		}
		c, err := strconv.ParseFloat(f[10], 64)
		if bad || err != nil || c < 0 || c > 100 {
			continue
		}
		out = append(out, word{text: strings.TrimSpace(f[11]), block: n[0], par: n[1], line: n[2], x: n[4], y: n[5], w: n[6], h: n[7], confidence: c / 100})
	}
	return out
}

// rows puts what stands beside one another into lines, top to bottom: the program's own
// lines, and of those what is at one height, as a label and its value are.
func rows(ws []word, back func(x, y float64) (float64, float64)) []vision.Line {
	var own [][]word
	at := map[[3]int]int{}
	for _, w := range ws {
		if w.confidence < doubt && !strings.ContainsFunc(w.text, unicode.IsDigit) || w.h <= 0 {
			continue
		}
		key := [3]int{w.block, w.par, w.line}
		i, ok := at[key]
		if !ok {
			i = len(own)
			at[key] = i
			own = append(own, nil)
		}
		own[i] = append(own[i], w)
	}
	var lines [][]word
	for _, l := range own {
		i := slices.IndexFunc(lines, func(o []word) bool { return beside(o, l) })
		if i < 0 {
			lines = append(lines, l)
			continue
		}
		lines[i] = append(lines[i], l...)
	}
	slices.SortStableFunc(lines, func(a, b []word) int { return middle(a) - middle(b) })
	var out []vision.Line
	for _, l := range lines {
		slices.SortStableFunc(l, func(a, b word) int { return a.x - b.x })
		out = append(out, joined(l, back))
	}
	return out
}

// beside tells whether two lines are parts of one: the middle of each lies within the
// other, and neither stands where the other does.
func beside(a, b []word) bool {
	ax0, ay0, ax1, ay1 := around(a)
	bx0, by0, bx1, by1 := around(b)
	am, bm := (ay0+ay1)/2, (by0+by1)/2
	return am > by0 && am < by1 && bm > ay0 && bm < ay1 && min(ax1, bx1)-max(ax0, bx0) < min(ax1-ax0, bx1-bx0)/4
}

func around(l []word) (x0, y0, x1, y1 int) {
	x0, y0 = l[0].x, l[0].y
	for _, w := range l {
		x0, y0, x1, y1 = min(x0, w.x), min(y0, w.y), max(x1, w.x+w.w), max(y1, w.y+w.h)
	}
	return x0, y0, x1, y1
}

func middle(l []word) int {
	s := 0
	for _, w := range l {
		s += w.y + w.h/2
	}
	return s / len(l)
}

// joined is a line's text: Han characters without spaces between.
func joined(l []word, back func(x, y float64) (float64, float64)) vision.Line {
	var b strings.Builder
	var out vision.Line
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	letters := 0
	for i, w := range l {
		if i > 0 && !((han(last(l[i-1].text)) || han(first(w.text))) && w.x-l[i-1].x-l[i-1].w < w.h) {
			b.WriteByte(' ')
		}
		b.WriteString(w.text)
		n := len([]rune(w.text))
		out.Confidence += w.confidence * float64(n)
		letters += n
		for _, c := range [4][2]int{{w.x, w.y}, {w.x + w.w, w.y}, {w.x, w.y + w.h}, {w.x + w.w, w.y + w.h}} {
			x, y := back(float64(c[0]), float64(c[1]))
			x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
		}
	}
	out.Text = b.String()
	out.Confidence /= float64(letters)
	out.Box = vision.Box{X: max(0, int(x0)), Y: max(0, int(y0)), W: int(x1 - x0), H: int(y1 - y0)}
	return out
}

func first(s string) rune { return []rune(s)[0] }
func last(s string) rune  { r := []rune(s); return r[len(r)-1] }

// han tells characters that stand without spaces.
func han(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r < 0x3040 || r >= 0xff00 && r < 0xff61
}

// certainty is how sure the lines are, by letter.
func certainty(lines []vision.Line) float64 {
	sum, n := 0.0, 0
	for _, l := range lines {
		k := len([]rune(l.Text))
		sum += l.Confidence * float64(k)
		n += k
	}
	if n < fewest {
		return 0
	}
	return sum / float64(n)
}

// weight is how much is read how surely: Han characters say more than letters.
func weight(lines []vision.Line) float64 {
	sum := 0.0
	for _, l := range lines {
		for _, r := range l.Text {
			switch {
			case han(r):
				sum += 2 * (l.Confidence - 0.5)
			case unicode.IsLetter(r) || unicode.IsDigit(r):
				sum += l.Confidence - 0.5
			}
		}
	}
	return sum
}

// kind tells what little can be told without seeing.
func kind(p prepared, lines []vision.Line) vision.Kind {
	text := strings.ToLower(vision.Finding{Lines: lines}.Text())
	n := 0
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
	}
	switch {
	case n < fewest:
		return vision.Other
	case has("invoice", "receipt", "subtotal", "发票", "收据", "小票", "合计") && has("total", "amount", "合计", "金额", "税", "元"):
		return vision.Receipt
	case p.photo && has("model", "s/n", "serial", "input", "output", "capacity", "made in", "型号", "序列号", "额定", "产地", "生产日期"):
		return vision.Product
	case p.photo:
		return vision.Document
	}
	return vision.Screenshot
}

// trouble is why little was read.
func trouble(p prepared, lines []vision.Line) vision.Trouble {
	if certainty(lines) >= sure {
		return vision.NoTrouble
	}
	heights := []int{}
	for _, l := range lines {
		heights = append(heights, l.Box.H)
	}
	slices.Sort(heights)
	switch {
	case p.light < dim:
		return vision.Dark
	case p.sharp < blunt:
		return vision.Blurred
	case len(heights) > 0 && heights[len(heights)/2] < tiny:
		return vision.Small
	case len(lines) == 0:
		return vision.NoText
	}
	return vision.Blurred
}
