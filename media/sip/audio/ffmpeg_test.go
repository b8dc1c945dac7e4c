package audio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/media"
	"parley/media/codec"
	"parley/media/mediatest"
)

func ffmpeg(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Fatal("no ffmpeg: .ci/deps test installs it")
	}
	return exec.CommandContext(t.Context(), path, append([]string{"-v", "error", "-nostdin"}, args...)...)
}

// peers are what ffmpeg speaks, as its own arguments and as SDP.
var peers = []struct {
	name, coder string
	codec       media.Codec
	sdp         []string
	suite       string
}{
	{"PCMU", "pcm_mulaw", media.CodecPCMU, []string{"RTP/AVP 0"}, ""},
	{"PCMA", "pcm_alaw", media.CodecPCMA, []string{"RTP/AVP 8"}, ""},
	{"G722", "g722", media.CodecG722, []string{"RTP/AVP 9"}, ""},
	{"opus", "libopus", media.CodecOpus, []string{"RTP/AVP 96", "a=rtpmap:96 opus/48000/2"}, ""},
	{"SRTP 80", "pcm_alaw", media.CodecPCMA, []string{"RTP/SAVP 8"}, "AES_CM_128_HMAC_SHA1_80"},
	{"SRTP 32", "pcm_alaw", media.CodecPCMA, []string{"RTP/SAVP 8"}, "AES_CM_128_HMAC_SHA1_32"},
}

// like is the best correlation of a stretch of a with b, at any lag.
func like(a, b []int16) float64 {
	best := 0.0
	for lag := 0; lag+len(a) <= len(b); lag++ {
		var ab, aa, bb float64
		for i := 0; i < len(a); i += 5 {
			x, y := float64(a[i]), float64(b[lag+i])
			ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
		}
		best = max(best, ab/math.Sqrt(aa*bb+1))
	}
	return best
}

// What another implementation sends is understood, in every codec and encryption.
func TestFFmpegSends(t *testing.T) {
	p := pool(t, 23400)
	voice := mediatest.Voice(40)
	raw := filepath.Join(t.TempDir(), "voice.raw")
	b, _ := binary.Append(nil, binary.LittleEndian, voice)
	if err := os.WriteFile(raw, b, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range peers {
		s := open(t, p, Options{Secure: SecureOptional})
		lines := append([]string{"m=audio 4000 " + c.sdp[0]}, c.sdp[1:]...)
		url := fmt.Sprintf("rtp://127.0.0.1:%d?pkt_size=172", s.port)
		args := []string{"-f", "s16le", "-ar", "16000", "-ac", "1", "-i", raw, "-c:a", c.coder}
		switch c.codec {
		case media.CodecOpus:
			args = append(args, "-payload_type", "96", "-ar", "48000")
			url = strings.Replace(url, "172", "1200", 1)
		case media.CodecPCMU, media.CodecPCMA:
			args = append(args, "-ar", "8000")
		}
		if c.suite != "" {
			lines = append(lines, "a=crypto:1 "+c.suite+" inline:"+key30)
			args = append(args, "-srtp_out_suite", c.suite, "-srtp_out_params", key30)
			url = "s" + url
		}
		if _, err := s.Answer(sdpOf(lines...)); err != nil {
			t.Fatal(err)
		}
		if out, err := ffmpeg(t, append(args, "-f", "rtp", url)...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", c.name, err, out)
		}
		dec, err := codec.NewDecoder(c.codec)
		if err != nil {
			t.Fatal(err)
		}
		var got media.Packet
		var heard, pcm []int16
		eventually(t, c.name, func() bool {
			for s.Pull(&got) {
				if pcm, err = dec.Decode(got.Payload, pcm); err != nil || got.Codec != c.codec {
					t.Fatalf("%s: %v, %s", c.name, err, got.Codec)
				}
				heard = append(heard, pcm...)
			}
			return len(heard) > 35*media.TickSamples
		})
		if r := like(voice[10*media.TickSamples:20*media.TickSamples], heard); r < 0.85 {
			t.Errorf("%s: %d samples, likeness %.3f; %+v", c.name, len(heard), r, s.Stats())
		}
		reports := int64(0)
		if c.suite == peers[5].suite { // its reports have a short tag too, where RFC 4568 section 6.2 wants 80 bits
			reports = 1
		}
		if st := s.Stats(); st.Malformed+st.Unknown+st.Foreign > 0 || st.Unauthentic > reports || st.Secure != (c.suite != "") {
			t.Errorf("%s: %+v", c.name, st)
		}
	}
}

// Another implementation understands what we send, by our own SDP.
func TestFFmpegHears(t *testing.T) {
	p := pool(t, 23500)
	voice := mediatest.Voice(40)
	for _, c := range peers {
		s := open(t, p, Options{Secure: SecureOptional})
		port := reserved(t, p)
		lines := append([]string{fmt.Sprintf("m=audio %d %s", port, c.sdp[0])}, c.sdp[1:]...)
		if c.suite != "" {
			lines = append(lines, "a=crypto:1 "+c.suite+" inline:"+key30)
		}
		answer, err := s.Answer(sdpOf(lines...))
		if err != nil {
			t.Fatal(err)
		}
		// It listens at the far end's port, for what we say that we send.
		text := strings.Replace(string(answer), fmt.Sprintf("m=audio %d ", s.port), fmt.Sprintf("m=audio %d ", port), 1)
		file := filepath.Join(t.TempDir(), "call.sdp")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := ffmpeg(t, "-protocol_whitelist", "file,udp,rtp,srtp", "-i", file, "-t", "1.2", "-ar", "16000", "-ac", "1", "-f", "s16le", "-")
		var out, said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- cmd.Wait() }()
		enc, err := codec.NewEncoder(c.codec, codec.Params{Bitrate: 64000})
		if err != nil {
			t.Fatal(err)
		}
		var payload []byte
		for i := 0; ; i++ { // the voice over and over, as a call would, until it has heard enough
			at := i % 40 * media.TickSamples
			if payload, err = enc.Encode(voice[at:at+media.TickSamples], payload); err != nil {
				t.Fatal(err)
			}
			s.Push(&media.Packet{At: media.CallTime(i * media.TickSamples), Codec: c.codec, Payload: payload})
			select {
			case err = <-done:
			case <-time.After(5 * time.Millisecond):
				continue
			}
			break
		}
		if err != nil {
			t.Fatalf("%s: %v\n%s\n%s", c.name, err, said.String(), text)
		}
		heard := make([]int16, out.Len()/2)
		if _, err := binary.Decode(out.Bytes(), binary.LittleEndian, heard); err != nil {
			t.Fatal(err)
		}
		if r := like(voice[10*media.TickSamples:18*media.TickSamples], heard); r < 0.8 {
			t.Errorf("%s: %d samples, likeness %.3f\n%s", c.name, len(heard), r, said.String())
		}
	}
}

// reserved is a port of the pool that nobody listens at.
func reserved(t *testing.T, p *Pool) int {
	t.Helper()
	port, ok := p.take()
	if !ok {
		t.Fatal("no port")
	}
	return port
}
