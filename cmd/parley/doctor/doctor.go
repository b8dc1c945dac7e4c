// Package doctor says what works on this machine and how to mend the rest:
// parley doctor.
package doctor

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"time"

	"parley/asr"
	"parley/asr/sphinx"
	"parley/cmd/parley/config"
	"parley/cmd/parley/ears"
	"parley/dialog/rag/read"
	"parley/dialog/store"
	"parley/media"
	"parley/media/codec"
	"parley/media/rtc"
	"parley/tts"
	"parley/tts/local"
	"parley/vision/tesseract"
)

// finding is one thing that was looked at.
type finding struct {
	what   string
	detail string
	err    error
	mend   string // how
	minor  bool   // Parley works without it
}

const spoken = "Where is my order?"

// Run looks at everything and prints what it found. It returns an error when
// something that Parley needs does not work. With "sip" before the flags it tests trunks alone.
func Run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) > 0 && args[0] == "sip" {
		return SIP(ctx, args[1:], out)
	}
	fs := flag.NewFlagSet("doctor", flag.ContinueOnError)
	fs.SetOutput(out)
	file := fs.String("config", "", "settings `file`")
	if err := fs.Parse(args); err != nil {
		return err
	}
	c, err := config.Load(*file, config.Environment)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	var all []finding
	tell := func(title string, fs ...finding) {
		fmt.Fprintln(out, title)
		for _, f := range fs {
			f.print(out)
		}
		fmt.Fprintln(out)
		all = append(all, fs...)
	}
	tell("Sound", opusWorks())
	tell("Offline speech", speech(ctx)...)
	tell("Providers", providers(ctx, c)...)
	tell("Business systems", systems(ctx, c)...)
	tell("Languages", languages(c)...)
	tell("Store", append([]finding{storeWorks(ctx, c)}, nodesWork(ctx, c)...)...)
	tell("Knowledge and pictures", readsPDF(ctx), readsPictures(ctx))
	tell("Network", ports(c)...)
	bad := 0
	for _, f := range all {
		if f.err != nil && !f.minor {
			bad++
		}
	}
	if bad > 0 {
		return fmt.Errorf("doctor: %d things need mending", bad)
	}
	fmt.Fprintln(out, "Parley can take calls here.")
	return nil
}

func (f finding) print(out io.Writer) {
	mark := "ok  "
	switch {
	case f.err != nil && f.minor:
		mark = "note"
	case f.err != nil:
		mark = "FAIL"
	}
	fmt.Fprintf(out, "  %s  %-22s %s\n", mark, f.what, f.detail)
	if f.err != nil {
		fmt.Fprintf(out, "        %v\n        mend: %s\n", f.err, f.mend)
	}
}

func opusWorks() finding {
	f := finding{what: "Opus", detail: "libopus encodes and decodes", mend: "apt-get install libopus0"}
	enc, err := codec.NewEncoder(media.CodecOpus, codec.Params{})
	if err == nil {
		var b []byte
		if b, err = enc.Encode(make([]int16, media.TickSamples), nil); err == nil {
			var dec codec.Decoder
			if dec, err = codec.NewDecoder(media.CodecOpus); err == nil {
				_, err = dec.Decode(b, nil)
			}
		}
	}
	f.err = err
	return f
}

// speech speaks a sentence in each language, and lets the recogniser hear the English.
func speech(ctx context.Context) []finding {
	voice := local.New(local.Options{})
	en, pcm := speaks(ctx, voice, "English voice", "en", spoken, "apt-get install flite")
	zh, _ := speaks(ctx, voice, "Mandarin voice", "zh-CN", "您的订单已经发货。", "apt-get install espeak-ng")
	return []finding{en, zh, hears(ctx, pcm)}
}

func speaks(ctx context.Context, s tts.Synthesizer, what, language, text, mend string) (finding, []int16) {
	f := finding{what: what, mend: mend}
	began := time.Now()
	sp, err := s.Synthesize(ctx, text, tts.Voice{Language: language})
	if err != nil {
		f.err = err
		return f, nil
	}
	defer sp.Close()
	var pcm []int16
	var frame media.Frame
	first := time.Duration(0)
	for {
		err := sp.ReadFrame(&frame)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			f.err = err
			return f, nil
		}
		if first == 0 {
			first = time.Since(began)
		}
		pcm = append(pcm, frame.PCM...)
	}
	f.detail = fmt.Sprintf("%.1f s of speech, the first sound after %d ms", float64(len(pcm))/media.SampleRate, first.Milliseconds())
	return f, pcm
}

func hears(ctx context.Context, pcm []int16) finding {
	f := finding{what: "English recognition", mend: "apt-get install pocketsphinx-en-us, and put parley-sphinx beside parley (make build does)"}
	pool, err := sphinx.New(sphinx.Options{Size: 1})
	if err != nil {
		f.err = err
		return f
	}
	defer pool.Close()
	padded := append(append(make([]int16, 4800), pcm...), make([]int16, 4800)...)
	for r, err := range pool.Recognize(ctx, ears.Clip(padded), asr.Options{Language: "en"}) {
		if err != nil {
			f.err = err
			return f
		}
		f.detail = fmt.Sprintf("%q was heard as %q", spoken, r.Text)
	}
	return f
}

func readsPDF(ctx context.Context) finding {
	return finding{what: "PDF", detail: "pdftotext reads, as a limited child process", err: read.CheckPDF(ctx), mend: "apt-get install poppler-utils", minor: true}
}

func readsPictures(ctx context.Context) finding {
	return finding{what: "pictures", detail: "tesseract reads English and Chinese, as a limited child process", err: tesseract.New(tesseract.Options{}).Check(ctx), mend: "apt-get install tesseract-ocr tesseract-ocr-chi-sim", minor: true}
}

func storeWorks(ctx context.Context, c config.Config) finding {
	f := finding{what: "database", mend: "check DATABASE_URL, or that PARLEY_DATA can be written"}
	s, err := store.Open(ctx, store.Options{URL: c.Database, Folder: c.Data})
	if err != nil {
		f.err = err
		return f
	}
	defer s.Close()
	f.detail, f.err = s.Name()+" opens and is up to date", s.Ping(ctx)
	return f
}

func ports(c config.Config) []finding {
	h := finding{what: "HTTP " + c.Listen, detail: "is free", mend: "stop what uses it (a running Parley?), or choose another: PARLEY_LISTEN=:PORT", minor: true}
	l, err := net.Listen("tcp", c.Listen)
	if h.err = err; err == nil {
		_ = l.Close()
	} else {
		h.detail = ""
	}
	m := finding{what: "media " + c.RTC.Addr, mend: "stop what uses it (a running Parley?), or choose another: PARLEY_RTC_ADDR=:PORT", minor: true}
	e, err := rtc.New(rtc.Options{Addr: c.RTC.Addr, TCP: c.RTC.TCP})
	if m.err = err; err == nil {
		m.detail = "UDP and TCP are free on " + e.Addr().String()
		_ = e.Close()
	}
	p := finding{what: "microphone", detail: "HTTPS is on"}
	if !c.TLS.On() {
		p.detail, p.minor = "", true
		p.err, p.mend = errors.New("plain HTTP: browsers on other machines give no microphone"), "set PARLEY_TLS_CERT and PARLEY_TLS_KEY, or PARLEY_TLS_DOMAIN; or ssh -L 8080:localhost:8080 and open http://localhost:8080/"
	}
	return []finding{h, m, p}
}
