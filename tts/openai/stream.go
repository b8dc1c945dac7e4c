package openai

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"

	"parley/media"
	"parley/tts"
	"parley/tts/speech"
)

const chunk = 4 << 10 // bytes handed on at once, at most: 85 ms at 24 kHz

// stream passes the answer on as it comes, resampled.
func (s *Synthesizer) stream(ctx context.Context, res *http.Response, w *watchdog, st *speech.Stream, chars int) error {
	f, err := s.format(res)
	if err != nil {
		return err
	}
	body := bufio.NewReaderSize(io.LimitReader(res.Body, f.limit(chars)+1), chunk)
	if f, err = sniff(body, f); err != nil {
		return err
	}
	rest, most := io.Reader(body), f.limit(chars)
	if f.data > 0 && f.data <= most { // what follows a WAV file's samples is not sound
		rest = io.LimitReader(body, f.data)
	}
	p := newPipe(f)
	buf := make([]byte, chunk)
	var got int64
	for {
		n, err := rest.Read(buf)
		if got += int64(n); got > most {
			return fmt.Errorf("%w: over %d bytes of audio", tts.ErrTooLong, most)
		}
		if n > 0 {
			w.hold()
			if err := st.Write(ctx, p.feed(buf[:n])); err != nil {
				return err
			}
			w.fed(s.o.Stall)
		}
		switch {
		case errors.Is(err, io.EOF) && st.Written() == 0:
			return fmt.Errorf("%w: no audio in the answer", tts.ErrBroken)
		case errors.Is(err, io.EOF):
			return st.Write(ctx, p.rest())
		case err != nil:
			return fmt.Errorf("%w: %w", tts.ErrBroken, err)
		}
	}
}

// format is what PCM is answered with.
type format struct {
	rate, channels int
	data           int64 // bytes of it; 0: until the end
}

// limit is how many bytes a text may take: ten times the slowest speech.
func (f format) limit(chars int) int64 {
	seconds := min(30+int64(chars)*2/3, 300)
	return seconds * int64(f.rate*f.channels*2)
}

// format reads the answer's Content-Type, such as audio/pcm;rate=16000.
func (s *Synthesizer) format(res *http.Response) (format, error) {
	f := format{rate: s.o.Rate, channels: 1}
	_, params, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil {
		return f, nil
	}
	if r, err := strconv.Atoi(params["rate"]); err == nil {
		f.rate = r
	}
	if c, err := strconv.Atoi(params["channels"]); err == nil {
		f.channels = c
	}
	return f, f.sane()
}

func (f format) sane() error {
	if f.rate < 8000 || f.rate > 48000 || f.channels < 1 || f.channels > 2 {
		return fmt.Errorf("%w: %d Hz, %d channels", tts.ErrBroken, f.rate, f.channels)
	}
	return nil
}

// sniff looks at the first bytes: a WAV header is read, other containers are
// refused, and anything else is raw PCM.
func sniff(r *bufio.Reader, f format) (format, error) {
	head, _ := r.Peek(12)
	switch {
	case len(head) == 12 && string(head[:4]) == "RIFF" && string(head[8:]) == "WAVE":
		return wav(r)
	case len(head) >= 4 && foreign(string(head[:4])):
		return f, fmt.Errorf("%w: asked for PCM, got %q", tts.ErrBroken, head[:4])
	}
	return f, nil
}

func foreign(magic string) bool {
	switch {
	case magic == "OggS", magic == "fLaC", magic[:3] == "ID3", magic == "RIFF":
		return true
	case magic[0] == 0xff && magic[1]&0xf6 == 0xf0: // AAC in ADTS, RFC-less: ISO 14496-3
		return true
	case magic == "{\"er", magic == "<!DO", magic == "<htm":
		return true
	}
	return magic[0] == 0xff && (magic[1] == 0xfb || magic[1] == 0xf3 || magic[1] == 0xf2) // MPEG layer III
}

// wav reads the header of a WAV file up to its samples. Sizes of 0 and of all
// ones, as streaming servers write them, mean: until the end.
func wav(r *bufio.Reader) (format, error) {
	var f format
	bad := func(what string) (format, error) { return f, fmt.Errorf("%w: WAV %s", tts.ErrBroken, what) }
	if _, err := r.Discard(12); err != nil {
		return bad("is cut off")
	}
	for range 32 {
		var h [8]byte
		if _, err := io.ReadFull(r, h[:]); err != nil {
			return bad("is cut off")
		}
		size := int64(binary.LittleEndian.Uint32(h[4:]))
		switch string(h[:4]) {
		case "fmt ":
			b := make([]byte, 16)
			if size < 16 || size > 64 {
				return bad("has a bad format chunk")
			}
			if _, err := io.ReadFull(r, b); err != nil {
				return bad("is cut off")
			}
			tag := binary.LittleEndian.Uint16(b)
			if bits := binary.LittleEndian.Uint16(b[14:]); bits != 16 || tag != 1 && tag != 0xfffe {
				return bad(fmt.Sprintf("is of kind %#x with %d bits", tag, bits))
			}
			f.channels, f.rate = int(binary.LittleEndian.Uint16(b[2:])), int(binary.LittleEndian.Uint32(b[4:]))
			size -= 16
		case "data":
			if size != 0 && size < 0x7fffff00 {
				f.data = size
			}
			return f, f.sane()
		}
		if size > 1<<16 {
			return bad("has a chunk that is too large")
		}
		if _, err := r.Discard(int(size + size&1)); err != nil {
			return bad("is cut off")
		}
	}
	return bad("has too many chunks")
}

// pipe turns bytes into samples at 16 kHz, over odd boundaries.
type pipe struct {
	f    format
	odd  []byte // an incomplete sample
	in   []int16
	out  []int16
	rate *resampler
}

func newPipe(f format) *pipe {
	p := &pipe{f: f}
	if f.rate != media.SampleRate {
		p.rate = newResampler(f.rate, media.SampleRate)
	}
	return p
}

// feed gives the samples that b completes, until the next call.
func (p *pipe) feed(b []byte) []int16 {
	step := 2 * p.f.channels
	p.in = p.in[:0]
	for len(p.odd) > 0 && len(b) > 0 {
		p.odd = append(p.odd, b[0])
		b = b[1:]
		if len(p.odd) == step {
			p.in = append(p.in, p.sample(p.odd))
			p.odd = p.odd[:0]
		}
	}
	for ; len(b) >= step; b = b[step:] {
		p.in = append(p.in, p.sample(b))
	}
	p.odd = append(p.odd, b...)
	return p.resampled()
}

func (p *pipe) sample(b []byte) int16 {
	l := int(int16(binary.LittleEndian.Uint16(b)))
	if p.f.channels == 2 {
		l = (l + int(int16(binary.LittleEndian.Uint16(b[2:])))) / 2
	}
	return int16(l)
}

func (p *pipe) resampled() []int16 {
	if p.rate == nil {
		return p.in
	}
	p.out = p.rate.Process(p.in, p.out[:0])
	return p.out
}

// rest is what the resampler still holds.
func (p *pipe) rest() []int16 {
	if p.rate == nil {
		return nil
	}
	p.in = append(p.in[:0], make([]int16, p.f.rate/200)...)
	return p.resampled()
}
