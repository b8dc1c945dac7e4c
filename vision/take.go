package vision

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/disintegration/imaging"
	_ "golang.org/x/image/webp" // decodes WebP
	"golang.org/x/sync/semaphore"
)

// What a picture may cost.
const (
	MaxBytes  = 20 << 20   // of the file
	MaxPixels = 40_000_000 // of the picture
	maxSide   = 30_000     // pixels
	minSide   = 4

	// MaxImages in one message.
	MaxImages = 6

	decodeTime = 10 * time.Second
	memory     = 700 << 20 // bytes that all decoding together may take

	keepPixels = 12_000_000 // a larger picture is made smaller; a long screenshot stays legible
	keepPNG    = 4 << 20    // a larger PNG is kept as JPEG
	quality    = 88
	thumbSide  = 320
)

// Reason says why a picture is refused.
type Reason string

// The reasons.
const (
	Empty     Reason = "empty"
	TooLarge  Reason = "too_large"   // the file
	TooMany   Reason = "too_many"    // pictures in one message
	TooBig    Reason = "too_big"     // the picture: pixels
	TooSmall  Reason = "too_small"   // nothing to see
	HEIC      Reason = "heic"        // what iPhones keep
	WrongType Reason = "wrong_type"  // no picture, or of another kind
	Damaged   Reason = "damaged"     // it cannot be decoded
	TooSlow   Reason = "too_complex" // decoding takes longer than it may
)

// Refusal is the error of Take. Its words are for developers; Sentence is for customers.
type Refusal struct {
	Reason Reason
	Detail string
}

// Error implements error.
func (r *Refusal) Error() string {
	return strings.TrimSuffix("picture refused ("+string(r.Reason)+"): "+r.Detail, ": ")
}

// Sentence tells a customer why, and what helps.
func (r *Refusal) Sentence(language string) string {
	s, ok := sentences[r.Reason]
	if !ok {
		s = sentences[Damaged]
	}
	if strings.HasPrefix(language, "zh") {
		return s[1]
	}
	return s[0]
}

var sentences = map[Reason][2]string{
	Empty:     {"The file is empty. Please send the picture again.", "文件是空的，请重新发送图片。"},
	TooLarge:  {"The file is larger than 20 MB. Please send a smaller one, or a screenshot of it.", "图片超过 20 MB，请发小一点的，或者截图再发。"},
	TooMany:   {"I can take up to 6 pictures in one message. Please send the others in the next.", "一条消息最多 6 张图片，其余的请在下一条发送。"},
	TooBig:    {"The picture has more than 40 megapixels. Please send a smaller one, or a screenshot of it.", "图片超过 4000 万像素，请发小一点的，或者截图再发。"},
	TooSmall:  {"The picture is too small to see anything. Please send the original.", "图片太小了，看不清内容，请发送原图。"},
	HEIC:      {"This is an HEIC photo, which I cannot open. Please send it as JPEG (iPhone: Settings › Camera › Formats › Most Compatible), or send a screenshot of it.", "这是 HEIC 格式的照片，我打不开。请改用 JPEG 发送（iPhone：设置 › 相机 › 格式 › 兼容性最佳），或者截图再发。"},
	WrongType: {"I can open pictures in JPEG, PNG, GIF and WebP. Please send one of those, or a screenshot.", "我能打开 JPEG、PNG、GIF 和 WebP 图片，请换成其中一种，或者截图再发。"},
	Damaged:   {"The picture is damaged and cannot be opened. Please send it again, or send a screenshot of it.", "图片已损坏，无法打开。请重新发送，或者截图再发。"},
	TooSlow:   {"The picture takes too long to open. Please send a screenshot of it.", "图片打开太慢了，请截图再发。"},
}

func refuse(r Reason, format string, args ...any) error {
	return &Refusal{r, fmt.Sprintf(format, args...)}
}

// Picture is what is kept of one that came in.
type Picture struct {
	Image
	Thumb    Image  // at most 320 pixels a side, JPEG
	Came     string // as it came: "jpeg", "png", "gif" or "webp"
	Animated bool   // only the first picture was kept
}

// decoding bounds what all pictures that are being decoded take together.
var decoding = semaphore.NewWeighted(memory)

// Take makes a stranger's file safe: its content says of what kind it is, its size is
// known before it is decoded, and what is kept is encoded anew, upright, without
// metadata or anything after the picture. Errors are *Refusal, or the context's.
func Take(ctx context.Context, file []byte) (p *Picture, err error) {
	if len(file) == 0 {
		return nil, refuse(Empty, "")
	}
	if len(file) > MaxBytes {
		return nil, refuse(TooLarge, "%d bytes", len(file))
	}
	kind, err := sniff(file)
	if err != nil {
		return nil, err
	}
	defer func() { // decoders of hostile files have had panics
		if r := recover(); r != nil {
			p, err = nil, refuse(Damaged, "%s: panic: %v", kind, r)
		}
	}()
	p = &Picture{Came: kind}
	if kind == "webp" {
		if file, p.Animated, err = still(file); err != nil {
			return nil, err
		}
	}
	cost, err := measure(file, kind)
	if err != nil {
		return nil, err
	}
	if kind == "gif" {
		p.Animated = bytes.Count(file, []byte("\x00\x21\xf9\x04")) > 1
	}
	if err := decoding.Acquire(ctx, cost); err != nil {
		return nil, err
	}
	defer decoding.Release(cost)
	limited, cancel := context.WithTimeout(ctx, decodeTime)
	defer cancel()
	m, err := imaging.Decode(&stoppable{ctx: limited, r: bytes.NewReader(file)}, imaging.AutoOrientation(true))
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		return nil, refuse(TooSlow, "%s", kind)
	case err != nil:
		return nil, refuse(Damaged, "%s: %v", kind, err)
	}
	b := m.Bounds()
	if b.Dx() < minSide || b.Dy() < minSide {
		return nil, refuse(TooSmall, "%d×%d", b.Dx(), b.Dy())
	}
	if n := float64(b.Dx()) * float64(b.Dy()); n > keepPixels {
		by := math.Sqrt(keepPixels / n)
		m = imaging.Resize(m, max(int(float64(b.Dx())*by), minSide), max(int(float64(b.Dy())*by), minSide), imaging.Box)
	}
	if p.Image, err = keep(m, kind); err != nil {
		return nil, err
	}
	flat := flatten(imaging.Fit(m, thumbSide, thumbSide, imaging.Box))
	p.Thumb, err = encoded(flat, false)
	return p, err
}

// keep encodes a picture as it is stored: sharp edges and few colours as PNG.
func keep(m image.Image, kind string) (Image, error) {
	if kind == "png" || kind == "gif" || kind == "webp" && !opaque(m) {
		out, err := encoded(m, true)
		if err != nil || len(out.Data) <= keepPNG {
			return out, err
		}
	}
	return encoded(flatten(m), false)
}

func encoded(m image.Image, lossless bool) (Image, error) {
	var b bytes.Buffer
	out := Image{Type: "image/jpeg", Width: m.Bounds().Dx(), Height: m.Bounds().Dy()}
	var err error
	if lossless {
		out.Type = "image/png"
		err = png.Encode(&b, narrow(m))
	} else {
		err = jpeg.Encode(&b, m, &jpeg.Options{Quality: quality})
	}
	if err != nil {
		return Image{}, refuse(Damaged, "encoding: %v", err)
	}
	out.Data = b.Bytes()
	return out, nil
}

// narrow makes 16 bits a colour to 8.
func narrow(m image.Image) image.Image {
	switch m.(type) {
	case *image.NRGBA64, *image.RGBA64, *image.Gray16:
		return imaging.Clone(m)
	}
	return m
}

func opaque(m image.Image) bool {
	o, ok := m.(interface{ Opaque() bool })
	return ok && o.Opaque()
}

// flatten lays a picture on white.
func flatten(m image.Image) image.Image {
	if opaque(m) {
		return m
	}
	out := image.NewRGBA(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy()))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), m, m.Bounds().Min, draw.Over)
	return out
}

// sniff tells the kind of a file by its first bytes.
func sniff(b []byte) (string, error) {
	has := func(at int, s string) bool { return len(b) >= at+len(s) && string(b[at:at+len(s)]) == s }
	switch {
	case has(0, "\xff\xd8\xff"):
		return "jpeg", nil
	case has(0, "\x89PNG\r\n\x1a\n"):
		return "png", nil
	case has(0, "GIF87a"), has(0, "GIF89a"):
		return "gif", nil
	case has(0, "RIFF") && has(8, "WEBP"):
		return "webp", nil
	case has(4, "ftyp") && (has(8, "heic") || has(8, "heix") || has(8, "hevc") || has(8, "heim") || has(8, "heis") || has(8, "mif1") || has(8, "msf1")):
		return "", refuse(HEIC, "")
	}
	return "", refuse(WrongType, "begins with %q", b[:min(len(b), 8)])
}

// measure tells what decoding a file may take at most, in bytes, without decoding it.
func measure(file []byte, kind string) (int64, error) {
	c, _, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return 0, refuse(Damaged, "%s: %v", kind, err)
	}
	w, h := int64(c.Width), int64(c.Height)
	if kind == "webp" { // a canvas says nothing of the picture that is decoded into it
		iw, ih, err := inner(file)
		if err != nil {
			return 0, err
		}
		if iw != w || ih != h {
			return 0, refuse(Damaged, "webp: a picture of %d×%d on a canvas of %d×%d", iw, ih, w, h)
		}
	}
	switch {
	case w < minSide || h < minSide:
		return 0, refuse(TooSmall, "%d×%d", w, h)
	case w*h > MaxPixels, w > maxSide, h > maxSide:
		return 0, refuse(TooBig, "%d×%d", w, h)
	}
	each := int64(8) // the picture and a turned copy
	switch {
	case c.ColorModel == color.CMYKModel:
		each = 28
	case kind == "jpeg":
		each = 16 // coefficients of a progressive one
	case slices.Contains([]color.Model{color.NRGBA64Model, color.RGBA64Model, color.Gray16Model}, c.ColorModel):
		each = 12
	}
	return w*h*each + 1<<20, nil
}

// stoppable is a reader that fails when its context is over, so that decoding ends.
type stoppable struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p[:min(len(p), 4096)])
}

// still gives the first picture of an animated WebP as one that stands
// (developers.google.com/speed/webp/docs/riff_container).
func still(file []byte) (out []byte, animated bool, err error) {
	const header = 16 // of a frame: place, size, duration, flags
	chunks, err := riff(file[12:])
	if err != nil {
		return nil, false, err
	}
	for _, c := range chunks {
		if c.name != "ANMF" {
			continue
		}
		if len(c.data) < header {
			return nil, false, refuse(Damaged, "webp: a frame of %d bytes", len(c.data))
		}
		inner, err := riff(c.data[header:])
		if err != nil {
			return nil, false, err
		}
		var alpha, picture []byte
		for _, c := range inner {
			switch c.name {
			case "ALPH":
				alpha = c.whole
			case "VP8 ", "VP8L":
				picture = c.whole
			}
		}
		body := []byte("WEBP")
		if alpha != nil { // flags, and the canvas, which is the frame
			x := []byte("VP8X\x0a\x00\x00\x00\x10\x00\x00\x00")
			body = append(append(append(body, x...), c.data[6:12]...), alpha...)
		}
		body = append(body, picture...)
		return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...), true, nil
	}
	return file, false, nil
}

// inner is the size of the picture that a WebP's decoder makes (RFC 6386 section 9.1;
// RFC 9649 section 3.4).
func inner(file []byte) (w, h int64, err error) {
	chunks, err := riff(file[12:])
	if err != nil {
		return 0, 0, err
	}
	for _, c := range chunks {
		switch b := c.data; {
		case c.name == "VP8 " && len(b) >= 10 && string(b[3:6]) == "\x9d\x01\x2a":
			return int64(binary.LittleEndian.Uint16(b[6:]) & 0x3fff), int64(binary.LittleEndian.Uint16(b[8:]) & 0x3fff), nil
		case c.name == "VP8L" && len(b) >= 5 && b[0] == 0x2f:
			n := binary.LittleEndian.Uint32(b[1:])
			return int64(n&0x3fff) + 1, int64(n>>14&0x3fff) + 1, nil
		case c.name == "VP8 ", c.name == "VP8L":
			return 0, 0, refuse(Damaged, "webp: no picture's header")
		}
	}
	return 0, 0, refuse(Damaged, "webp: no picture in it")
}

type chunk struct {
	name        string
	data, whole []byte
}

func riff(b []byte) ([]chunk, error) {
	var out []chunk
	for len(b) >= 8 {
		n := int64(binary.LittleEndian.Uint32(b[4:8]))
		end := 8 + n + n&1
		if 8+n > int64(len(b)) {
			if len(out) > 0 { // what stands before may be whole
				return out, nil
			}
			return nil, refuse(Damaged, "webp: a part ends after the file")
		}
		end = min(end, int64(len(b)))
		out = append(out, chunk{string(b[:4]), b[8 : 8+n], b[:end]})
		b = b[end:]
	}
	return out, nil
}

// As tells whether an error is a refusal, and gives it.
func As(err error) (*Refusal, bool) {
	var r *Refusal
	return r, errors.As(err, &r)
}
