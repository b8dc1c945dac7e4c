package tesseract

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/disintegration/imaging"

	"parley/vision"
)

// drawing is one of our own pages as Chromium drew it.
func drawing(t *testing.T, name string) image.Image {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func read(t *testing.T, m image.Image, language string) vision.Finding {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	p, err := vision.Take(t.Context(), b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	f, err := New(Options{Time: time.Minute}).Read(t.Context(), []vision.Image{p.Image}, vision.Question{Language: language})
	if err != nil {
		t.Fatal(err)
	}
	return f[0]
}

// photo lays a page on a dark table, seen from the side, in uneven light.
func photo(m image.Image) image.Image {
	page := gray(imaging.Resize(m, 1136, 0, imaging.CatmullRom))
	const w, h = 1500, 1000
	q := quad{{180, 150}, {1340, 90}, {1400, 760}, {120, 850}}
	// Where a pixel of the page lies, turned round by looking for it: the map from the
	// photo to the page is that from the quadrilateral's own rectangle, inverted.
	to := project(float64(page.Rect.Dx()), float64(page.Rect.Dy()), q)
	inv := inverse(to)
	r := rand.New(rand.NewPCG(1, 1))
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			d := inv[6]*float64(x) + inv[7]*float64(y) + inv[8]
			px, py := (inv[0]*float64(x)+inv[1]*float64(y)+inv[2])/d, (inv[3]*float64(x)+inv[4]*float64(y)+inv[5])/d
			v := 40.0
			if px >= 0 && py >= 0 && px < float64(page.Rect.Dx()) && py < float64(page.Rect.Dy()) {
				v = float64(at(page, px, py)) * (0.95 - 0.3*float64(x)/w)
			}
			out.Pix[y*w+x] = byte(math.Min(255, math.Max(0, v+r.NormFloat64()*4)))
		}
	}
	return out
}

// inverse of a projective map.
func inverse(m [8]float64) [9]float64 {
	a, b, c, d, e, f, g, h, i := m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], 1.0
	return [9]float64{e*i - f*h, c*h - b*i, b*f - c*e, f*g - d*i, a*i - c*g, c*d - a*f, d*h - e*g, b*g - a*h, a*e - b*d}
}

func values(f vision.Finding) (out []string) {
	for _, i := range f.Identifiers {
		out = append(out, string(i.Kind)+" "+i.Value)
	}
	return out
}

func TestIdentifiersAreRead(t *testing.T) {
	if testing.Short() {
		t.Skip("only computes: whole in the run without the race detector")
	}
	english := []string{"order 204815", "tracking BW4471902266US", "error E-4021", "amount $129.00", "date November 18, 2026"}
	chinese := []string{"order 318062", "tracking SF1029384756601", "amount 128.50元", "date 2026年12月3日"}
	dark := imaging.Invert(drawing(t, "order.png"))
	for name, c := range map[string]struct {
		m        image.Image
		language string
		want     []string
		kind     vision.Kind
	}{
		"screenshot":                     {drawing(t, "order.png"), "en", english, vision.Screenshot},
		"dark mode":                      {dark, "en", english, vision.Screenshot},
		"photo from a side":              {photo(drawing(t, "order.png")), "en", english, vision.Document},
		"Chinese":                        {drawing(t, "zh.png"), "zh-CN", chinese, vision.Screenshot},
		"Chinese, of an English speaker": {drawing(t, "zh.png"), "en", chinese[:1], vision.Screenshot},
	} {
		f := read(t, c.m, c.language)
		for _, w := range c.want {
			if !slices.Contains(values(f), w) {
				t.Errorf("%s: %s is not in %q of\n%s", name, w, values(f), f.Text())
			}
		}
		if f.Kind != c.kind || f.Trouble != vision.NoTrouble {
			t.Errorf("%s: a %s, trouble %q", name, f.Kind, f.Trouble)
		}
	}
}

// Places are those in the picture as it is kept, though it was turned and enlarged.
func TestPlaces(t *testing.T) {
	f := read(t, drawing(t, "order.png"), "en")
	i := slices.IndexFunc(f.Lines, func(l vision.Line) bool { return l.Text == "Order number: 204815" })
	if i < 0 {
		t.Fatalf("%+v", f.Lines)
	}
	if b := f.Lines[i].Box; b.X < 15 || b.X > 35 || b.Y < 60 || b.Y > 95 || b.H > 30 || b.X+b.W > 250 {
		t.Errorf("%+v", b)
	}
	q := quad{{100, 50}, {500, 80}, {520, 300}, {90, 320}}
	_, back := flat(image.NewGray(image.Rect(0, 0, 600, 400)), q)
	if x, y := back(0, 0); math.Hypot(x-100, y-50) > 0.5 {
		t.Errorf("top left comes back as %v, %v", x, y)
	}
}

// What cannot be read is said to be so, with the reason.
func TestTroubleIsTold(t *testing.T) {
	if testing.Short() {
		t.Skip("only computes: whole in the run without the race detector")
	}
	empty := imaging.New(400, 300, color.White)
	if f := read(t, empty, "en"); f.Trouble != vision.NoText && f.Trouble != vision.Blurred || len(f.Identifiers) > 0 {
		t.Errorf("empty: %+v", f)
	}
	if f := read(t, imaging.Blur(photo(drawing(t, "order.png")), 7), "en"); f.Trouble != vision.Blurred {
		t.Errorf("blurred: %q, read %q", f.Trouble, f.Text())
	}
	if f := read(t, imaging.AdjustFunc(imaging.Blur(photo(drawing(t, "order.png")), 7), func(c color.NRGBA) color.NRGBA { return color.NRGBA{c.R / 8, c.G / 8, c.B / 8, 255} }), "en"); f.Trouble != vision.Dark {
		t.Errorf("dark: %q, read %q", f.Trouble, f.Text())
	}
}

func TestItEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	e := New(Options{})
	_, err := e.Read(ctx, []vision.Image{{Data: encode(t, drawing(t, "order.png")), Type: "image/png"}}, vision.Question{})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if _, err := New(Options{Program: "no-such-reader"}).Read(t.Context(), []vision.Image{{Data: encode(t, drawing(t, "order.png"))}}, vision.Question{}); !errors.Is(err, vision.ErrUnavailable) {
		t.Error(err)
	}
	if err := e.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func encode(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func FuzzWords(f *testing.F) {
	f.Add("5\t1\t1\t1\t1\t1\t36\t92\t60\t24\t96.06\tOrder\n5\t1\t1\t1\t1\t2\t106\t92\t60\t24\t91\t204815\n")
	f.Fuzz(func(t *testing.T, tsv string) {
		for _, l := range rows(words(tsv), func(x, y float64) (float64, float64) { return x, y }) {
			if l.Text == "" || l.Confidence < 0 || l.Confidence > 1 || l.Box.X < 0 || l.Box.Y < 0 {
				t.Errorf("%+v", l)
			}
		}
	})
}
