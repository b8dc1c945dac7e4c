package vision

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// scene is a picture whose top left is red and whose bottom right is blue.
func scene(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{uint8(x), uint8(y), 40, 255}
			switch {
			case x < w/4 && y < h/4:
				c = color.NRGBA{255, 0, 0, 255}
			case x >= w*3/4 && y >= h*3/4:
				c = color.NRGBA{0, 0, 255, 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func asPNG(m image.Image) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, m)
	return b.Bytes()
}

func asJPEG(m image.Image) []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, m, nil)
	return b.Bytes()
}

func asGIF(t *testing.T, m image.Image, frames int) []byte {
	t.Helper()
	var b bytes.Buffer
	_ = gif.Encode(&b, m, nil)
	one, err := gif.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	g := &gif.GIF{}
	for range frames {
		g.Image, g.Delay = append(g.Image, one.(*image.Paletted)), append(g.Delay, 5)
	}
	b.Reset()
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exif is a JPEG with an orientation and a place in its metadata.
func exif(plain []byte, orientation byte) []byte {
	body := []byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x02" +
		"\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(orientation) + "\x00\x00" +
		"\x01\x0e\x00\x02\x00\x00\x00\x13\x00\x00\x00\x26\x00\x00\x00\x00GPS 51.5007,-0.1246\x00")
	head := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(body)+2))...)
	return append(append(head, body...), plain[2:]...)
}

// claims is a PNG whose header says how large it is, with nothing behind it.
func claims(w, h uint32, depth, kind byte) []byte {
	ihdr := append([]byte("IHDR"), binary.BigEndian.AppendUint32(nil, w)...)
	ihdr = append(binary.BigEndian.AppendUint32(ihdr, h), depth, kind, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), ihdr...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(ihdr))
}

// canvas is a WebP whose canvas and picture have sizes of their own.
func canvas(w, h, iw, ih uint32) []byte {
	size := func(v uint32) []byte { return binary.LittleEndian.AppendUint32(nil, v-1)[:3] }
	body := append([]byte("WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00"), append(size(w), size(h)...)...)
	body = append(body, "VP8L\x08\x00\x00\x00\x2f"...)
	body = append(binary.LittleEndian.AppendUint32(body, iw-1|(ih-1)<<14), 0, 0, 0)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTake(t *testing.T) {
	clear := scene(60, 40)
	clear.SetNRGBA(30, 20, color.NRGBA{})
	for name, c := range map[string]struct {
		file     []byte
		kind     string
		came     string
		w, h     int
		animated bool
	}{
		"photo":           {asJPEG(scene(60, 40)), "image/jpeg", "jpeg", 60, 40, false},
		"screenshot":      {asPNG(scene(60, 40)), "image/png", "png", 60, 40, false},
		"transparent":     {asPNG(clear), "image/png", "png", 60, 40, false},
		"still":           {asGIF(t, scene(60, 40), 1), "image/png", "gif", 60, 40, false},
		"moving":          {asGIF(t, scene(60, 40), 5), "image/png", "gif", 60, 40, true},
		"WebP":            {sample(t, "lossy.webp"), "image/jpeg", "webp", 48, 32, false},
		"lossless WebP":   {sample(t, "lossless.webp"), "image/png", "webp", 48, 32, false},
		"moving WebP":     {sample(t, "moving.webp"), "image/jpeg", "webp", 48, 32, true},
		"moving, alpha":   {sample(t, "alpha.webp"), "image/png", "webp", 48, 32, true},
		"sixteen bits":    {asPNG(image.NewRGBA64(image.Rect(0, 0, 50, 20))), "image/png", "png", 50, 20, false},
		"named otherwise": {append(asJPEG(scene(60, 40)), "PK\x03\x04 a zip, <script>"...), "image/jpeg", "jpeg", 60, 40, false},
	} {
		p, err := Take(t.Context(), c.file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if p.Type != c.kind || p.Came != c.came || p.Width != c.w || p.Height != c.h || p.Animated != c.animated {
			t.Errorf("%s: %s from %s, %d×%d, animated %v", name, p.Type, p.Came, p.Width, p.Height, p.Animated)
		}
		again, kind, err := image.Decode(bytes.NewReader(p.Data))
		if err != nil || "image/"+kind != p.Type || again.Bounds().Dx() != c.w {
			t.Errorf("%s: what is kept: %s %v", name, kind, err)
		}
		if thumb, _, err := image.Decode(bytes.NewReader(p.Thumb.Data)); err != nil || max(thumb.Bounds().Dx(), thumb.Bounds().Dy()) > 320 {
			t.Errorf("%s: thumbnail: %v", name, err)
		}
		if bytes.Contains(p.Data, []byte("script")) {
			t.Errorf("%s: what stood behind the picture is kept", name)
		}
	}
}

// A photo is turned as its metadata says, and where it was taken is not kept.
func TestOrientationIsAppliedAndPlaceIsNotKept(t *testing.T) {
	for orientation, corner := range map[byte][2]float64{1: {0.1, 0.1}, 3: {0.9, 0.9}, 6: {0.9, 0.1}, 8: {0.1, 0.9}} {
		p, err := Take(t.Context(), exif(asJPEG(scene(80, 40)), orientation))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(p.Data, []byte("GPS")) || bytes.Contains(p.Data, []byte("Exif")) || bytes.Contains(p.Thumb.Data, []byte("GPS")) {
			t.Error("metadata is kept")
		}
		m, _ := jpeg.Decode(bytes.NewReader(p.Data))
		x, y := int(corner[0]*float64(p.Width)), int(corner[1]*float64(p.Height))
		if r, g, b, _ := m.At(x, y).RGBA(); r>>8 < 180 || g>>8 > 90 || b>>8 > 90 {
			t.Errorf("orientation %d, %d×%d: red is not at %v", orientation, p.Width, p.Height, corner)
		}
	}
}

func TestLargePicturesAreMadeSmaller(t *testing.T) {
	if testing.Short() {
		t.Skip("only computes: whole in the run without the race detector")
	}
	p, err := Take(t.Context(), asJPEG(image.NewGray(image.Rect(0, 0, 1000, 20000))))
	if err != nil || p.Width*p.Height > keepPixels || p.Width < 700 {
		t.Errorf("a long screenshot: %v, %v", p, err)
	}
	noise := image.NewNRGBA(image.Rect(0, 0, 1200, 1200))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise.Pix {
		noise.Pix[i] = byte(r.Uint32()) | byte(255*(i%4/3))
	}
	if p, err = Take(t.Context(), asPNG(noise)); err != nil || p.Type != "image/jpeg" {
		t.Errorf("a large PNG: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	ftyp := func(brand string) []byte { return []byte("\x00\x00\x00\x18ftyp" + brand + "\x00\x00\x00\x00mif1") }
	for name, c := range map[string]struct {
		file []byte
		why  Reason
	}{
		"nothing":        {nil, Empty},
		"large file":     {append([]byte("\xff\xd8\xff"), make([]byte, MaxBytes)...), TooLarge},
		"HEIC":           {ftyp("heic"), HEIC},
		"HEIF":           {ftyp("mif1"), HEIC},
		"AVIF":           {ftyp("avif"), WrongType},
		"SVG":            {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), WrongType},
		"PDF":            {[]byte("%PDF-1.7"), WrongType},
		"TIFF":           {[]byte("II*\x00\x08\x00\x00\x00"), WrongType},
		"BMP":            {[]byte("BM\x00\x00\x00\x00\x00\x00"), WrongType},
		"HTML":           {[]byte("<html><script>alert(1)</script>"), WrongType},
		"65535×65535":    {claims(65535, 65535, 8, 6), TooBig},
		"41 megapixels":  {claims(8200, 5000, 8, 2), TooBig},
		"wide":           {claims(1<<30, 1, 1, 0), TooSmall},
		"a wide strip":   {claims(31000, 100, 1, 0), TooBig},
		"a pixel":        {asPNG(image.NewGray(image.Rect(0, 0, 1, 1))), TooSmall},
		"only a header":  {claims(100, 100, 8, 6), Damaged},
		"zero":           {claims(0, 0, 8, 6), Damaged},
		"a cut JPEG":     {asJPEG(scene(300, 300))[:400], Damaged},
		"a GIF's header": {[]byte("GIF89a\xff\xff\xff\xff\x00\x00\x00"), TooBig},
		"a cut WebP":     {sample(t, "lossy.webp")[:60], Damaged},
		"a small canvas": {canvas(16, 16, 16384, 16384), Damaged},
		"a large WebP":   {canvas(16384, 16384, 16384, 16384), TooBig},
		"WebP, no frame": {append(sample(t, "moving.webp")[:44:44], "ANMF\x02\x00\x00\x00ab"...), Damaged},
	} {
		p, err := Take(t.Context(), c.file)
		r, ok := As(err)
		if p != nil || !ok || r.Reason != c.why {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, l := range []string{"en", "zh-CN"} {
			if s := r.Sentence(l); s == "" || strings.Contains(s, string(r.Reason)+":") {
				t.Errorf("%s: says %q", name, s)
			}
		}
	}
}

// Damaged in every way that a file can be, a picture is either taken or refused.
func TestHostilePictures(t *testing.T) {
	if testing.Short() {
		t.Skip("only computes: whole in the run without the race detector")
	}
	whole := map[string][]byte{
		"jpeg": exif(asJPEG(scene(64, 48)), 6), "png": asPNG(scene(64, 48)), "gif": asGIF(t, scene(64, 48), 3),
		"lossy": sample(t, "lossy.webp"), "lossless": sample(t, "lossless.webp"), "moving": sample(t, "moving.webp"), "alpha": sample(t, "alpha.webp"),
	}
	r := rand.New(rand.NewPCG(7, 7))
	n, taken := 0, 0
	try := func(name string, b []byte) {
		n++
		p, err := Take(t.Context(), b)
		if _, refused := As(err); err != nil && !refused {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			return
		}
		taken++
		if m, _, err := image.Decode(bytes.NewReader(p.Data)); err != nil || m.Bounds().Dx() != p.Width {
			t.Errorf("%s: what is kept cannot be read: %v", name, err)
		}
	}
	for kind, b := range whole {
		for i := range 30 {
			try(fmt.Sprint(kind, " cut ", i), b[:len(b)*i/30])
			damaged := bytes.Clone(b)
			for range 1 + r.IntN(8) {
				damaged[r.IntN(len(damaged))] = byte(r.Uint32())
			}
			try(fmt.Sprint(kind, " damaged ", i), damaged)
		}
		for other, o := range whole {
			try(kind+" then "+other, append(bytes.Clone(b), o...))
			try(kind+" within "+other, append(bytes.Clone(o[:12]), b...))
		}
	}
	t.Logf("%d files, %d taken", n, taken)
	if n < 200 {
		t.Error("too few: ", n)
	}
}

// What takes memory waits for what is being decoded, and no longer than it is wanted.
func TestDecodingIsBounded(t *testing.T) {
	if err := decoding.Acquire(t.Context(), memory); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := Take(ctx, asPNG(scene(40, 40)))
	decoding.Release(memory)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if _, err := Take(t.Context(), asPNG(scene(40, 40))); err != nil {
		t.Error(err)
	}
}

func FuzzTake(f *testing.F) {
	f.Add(asPNG(scene(16, 16)))
	f.Add(exif(asJPEG(scene(16, 16)), 6))
	for _, n := range []string{"lossy.webp", "lossless.webp", "moving.webp", "alpha.webp"} {
		f.Add(sample(f, n))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Take(t.Context(), b)
		if _, refused := As(err); err != nil && !refused || err == nil && (p.Width < minSide || len(p.Thumb.Data) == 0) {
			t.Errorf("%v, %v", p, err)
		}
	})
}
