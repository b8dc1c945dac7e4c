package codec

import (
	"fmt"

	"github.com/hraban/opus"

	"parley/media"
)

// maxPayload is the largest Opus frame (RFC 6716 section 3.4, R2).
const maxPayload = 1275

// hurt is the least loss, in percent, at which libopus leaves its transform coder for
// the speech coder, which alone can carry FEC (opus_encoder.c: above 5 for AppAudio).
const hurt = 6

// opusEncoder is libopus made for any sound, not for speech: while nothing is lost it
// transforms, which costs a third of its model of speech and at 32 kbit/s comes nearer
// to what was said (1.2 against 1.9 dB of mel spectrum at complexity 0, 1.7 at 5).
type opusEncoder struct {
	enc  *opus.Encoder
	loss int // as it was told, in percent
}

func newOpusEncoder(p Params) (*opusEncoder, error) {
	enc, err := opus.NewEncoder(media.SampleRate, 1, opus.AppAudio)
	if err != nil {
		return nil, fmt.Errorf("codec: opus: %w", err)
	}
	if p.Bitrate == 0 {
		p.Bitrate = 24000
	}
	for _, set := range []func() error{
		func() error { return enc.SetComplexity(p.Complexity) },
		func() error { return enc.SetBitrate(p.Bitrate) },
		func() error { return enc.SetInBandFEC(p.FEC) },
	} {
		if err := set(); err != nil {
			return nil, fmt.Errorf("codec: opus: %w", err)
		}
	}
	e := &opusEncoder{enc: enc, loss: -1}
	e.SetLoss(p.Loss)
	return e, nil
}

func (e *opusEncoder) Encode(pcm []int16, dst []byte) ([]byte, error) {
	if len(pcm) != media.TickSamples {
		return dst[:0], fmt.Errorf("codec: opus: frame of %d samples, want %d", len(pcm), media.TickSamples)
	}
	if cap(dst) < maxPayload {
		dst = make([]byte, 0, maxPayload)
	}
	// The binding reads cap, not len.
	n, err := e.enc.Encode(pcm[:media.TickSamples:media.TickSamples], dst[:maxPayload:maxPayload])
	if err != nil {
		return dst[:0], fmt.Errorf("codec: opus: %w", err)
	}
	return dst[:n], nil
}

func (e *opusEncoder) SetLoss(percent int) {
	if percent = min(max(percent, 0), 100); percent > 0 {
		percent = max(percent, hurt)
	}
	if percent != e.loss && e.enc.SetPacketLossPerc(percent) == nil {
		e.loss = percent
	}
}

type opusDecoder struct{ dec *opus.Decoder }

func newOpusDecoder() (*opusDecoder, error) {
	dec, err := opus.NewDecoder(media.SampleRate, 1)
	if err != nil {
		return nil, fmt.Errorf("codec: opus: %w", err)
	}
	return &opusDecoder{dec}, nil
}

func (d *opusDecoder) Decode(payload []byte, pcm []int16) ([]int16, error) {
	pcm = grown(pcm)
	if len(payload) == 0 {
		return pcm, ErrPayload
	}
	n, err := d.dec.Decode(payload, pcm[:MaxSamples:MaxSamples])
	if err != nil {
		return pcm, fmt.Errorf("%w: opus: %w", ErrPayload, err)
	}
	return pcm[:n], nil
}

func (d *opusDecoder) Conceal(next []byte, samples int, pcm []int16) ([]int16, error) {
	pcm = grown(pcm)
	const unit = media.SampleRate / 400 // 2.5 ms, what all frames are made of
	samples = min(max(samples/unit*unit, unit), MaxSamples)
	frame := pcm[:samples:samples]
	if len(next) > 2 && d.dec.DecodeFEC(next, frame) == nil {
		return pcm[:samples], nil
	}
	if err := d.dec.DecodePLC(frame); err != nil {
		return pcm[:0], fmt.Errorf("codec: opus: %w", err)
	}
	return pcm[:samples], nil
}
