package tesseract

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"github.com/disintegration/imaging"
)

const (
	dark     = 110        // a median under it is a dark page with light letters
	drawn    = 0.6        // of neighbours are the same in what a machine drew
	most     = 16_000_000 // pixels that are read; a larger picture is not enlarged
	clip     = 0.005      // of the pixels at either end, when the contrast is stretched
	bgSide   = 300        // pixels of the longer side when the background is taken
	bgRadius = 12         // of the median, in those pixels
)

// prepared is a picture as the reader wants it, and how its places come back.
type prepared struct {
	gray  *image.Gray
	back  func(x, y float64) (float64, float64) // from gray's pixels to the picture's
	photo bool
	sharp float64 // see sharpness
	light byte    // of its brightest, 0 to 255
}

// prepare makes letters black on white, upright and large.
func prepare(m image.Image) prepared {
	g := gray(m)
	p := prepared{back: func(x, y float64) (float64, float64) { return x, y }}
	p.light = quantile(histogram(g), 0.99)
	p.photo = same(g) < drawn
	p.sharp = sharpness(g)
	if p.photo {
		if q, ok := sheet(g); ok {
			g, p.back = flat(g, q)
		}
	}
	if median(g) < dark {
		invert(g)
	}
	by := 2.0
	if n := float64(g.Rect.Dx() * g.Rect.Dy()); n*by*by > most {
		by = max(math.Sqrt(most/n), 0.5)
	}
	before := p.back
	g = toGray(imaging.Resize(g, int(float64(g.Rect.Dx())*by), int(float64(g.Rect.Dy())*by), imaging.CatmullRom))
	p.back = func(x, y float64) (float64, float64) { return before(x/by, y/by) }
	p.gray = g
	return p
}

// even divides by the background and stretches the contrast.
func even(g *image.Gray) *image.Gray {
	out := divided(g)
	stretch(out)
	return out
}

func gray(m image.Image) *image.Gray {
	b := m.Bounds()
	flat := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(flat, flat.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(flat, flat.Rect, m, b.Min, draw.Over)
	return toGray(flat)
}

func toGray(m image.Image) *image.Gray {
	b := m.Bounds()
	g := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	var pix []byte
	var stride int
	switch m := m.(type) {
	case *image.RGBA:
		pix, stride = m.Pix[m.PixOffset(b.Min.X, b.Min.Y):], m.Stride
	case *image.NRGBA: // opaque here
		pix, stride = m.Pix[m.PixOffset(b.Min.X, b.Min.Y):], m.Stride
	default:
		draw.Draw(g, g.Rect, m, b.Min, draw.Src)
		return g
	}
	for y := range b.Dy() {
		row, out := pix[y*stride:], g.Pix[y*g.Stride:]
		for x := range b.Dx() { // ITU-R BT.601
			i := x * 4
			out[x] = byte((299*int(row[i]) + 587*int(row[i+1]) + 114*int(row[i+2]) + 500) / 1000)
		}
	}
	return g
}

func histogram(g *image.Gray) (h [256]int) {
	for y := range g.Rect.Dy() {
		for _, v := range g.Pix[y*g.Stride : y*g.Stride+g.Rect.Dx()] {
			h[v]++
		}
	}
	return h
}

// quantile is the value under which a share of the pixels lies.
func quantile(h [256]int, share float64) byte {
	n := 0
	for _, c := range h {
		n += c
	}
	left := int(share * float64(n))
	for v, c := range h {
		if left -= c; left < 0 {
			return byte(v)
		}
	}
	return 255
}

func median(g *image.Gray) byte { return quantile(histogram(g), 0.5) }

func invert(g *image.Gray) {
	for i := range g.Pix {
		g.Pix[i] = 255 - g.Pix[i]
	}
}

// same is the share of pixels that are as the one to their left.
func same(g *image.Gray) float64 {
	n, equal := 0, 0
	for y := range g.Rect.Dy() {
		row := g.Pix[y*g.Stride : y*g.Stride+g.Rect.Dx()]
		for x := 1; x < len(row); x++ {
			n++
			if row[x] == row[x-1] {
				equal++
			}
		}
	}
	if n == 0 {
		return 1
	}
	return float64(equal) / float64(n)
}

// sharpness is how strong the strongest 2 % of the Laplacian are: what is blurred has
// little of it (after Pech-Pacheco et al., 2000).
func sharpness(g *image.Gray) float64 {
	if g.Rect.Dx() > 1000 {
		g = toGray(imaging.Resize(g, 1000, 0, imaging.Box))
	}
	w, h := g.Rect.Dx(), g.Rect.Dy()
	var edges [1021]int // by strength
	n := 0
	for y := 1; y < h-1; y++ {
		for x := 1; x < w-1; x++ {
			i := y*g.Stride + x
			l := 4*int(g.Pix[i]) - int(g.Pix[i-1]) - int(g.Pix[i+1]) - int(g.Pix[i-g.Stride]) - int(g.Pix[i+g.Stride])
			edges[max(l, -l)]++
			n++
		}
	}
	left := n * 98 / 100
	for strength, c := range edges {
		if left -= c; left < 0 {
			return float64(strength)
		}
	}
	return 0
}

// divided is a picture over its background: the median around each place.
func divided(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	by := min(1, float64(bgSide)/float64(max(w, h)))
	small := toGray(imaging.Resize(g, max(1, int(float64(w)*by)), max(1, int(float64(h)*by)), imaging.Box))
	bg := toGray(imaging.Resize(medians(small, bgRadius), w, h, imaging.Linear))
	out := image.NewGray(g.Rect)
	for i, v := range g.Pix {
		b := max(int(bg.Pix[i]), 1)
		out.Pix[i] = byte(min(255, int(v)*235/b))
	}
	return out
}

// medians is the median of the square around each pixel, by a running histogram
// (Huang, Yang, Tang, 1979).
func medians(g *image.Gray, r int) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(g.Rect)
	for y := range h {
		var hist [256]int
		n := 0
		top, bottom := max(0, y-r), min(h-1, y+r)
		column := func(x, d int) {
			if x < 0 || x >= w {
				return
			}
			for j := top; j <= bottom; j++ {
				hist[g.Pix[j*g.Stride+x]] += d
				n += d
			}
		}
		for x := -r; x < r; x++ {
			column(x, 1)
		}
		for x := range w {
			column(x+r, 1)
			left, v := n/2, 0
			for ; v < 255; v++ {
				if left -= hist[v]; left < 0 {
					break
				}
			}
			out.Pix[y*out.Stride+x] = byte(v)
			column(x-r, -1)
		}
	}
	return out
}

// stretch spreads the values over the whole range, but for the few at the ends.
func stretch(g *image.Gray) {
	h := histogram(g)
	low, high := int(quantile(h, clip)), int(quantile(h, 1-clip))
	if high-low < 8 {
		return
	}
	var to [256]byte
	for v := range to {
		to[v] = byte(min(255, max(0, (v-low)*255/(high-low))))
	}
	for i, v := range g.Pix {
		g.Pix[i] = to[v]
	}
}
