package ears

import (
	"io"

	"parley/media"
)

// Clip is speech that is there already, as a source: it comes as fast as it is read.
func Clip(pcm []int16) media.Source { return &clip{pcm: pcm} }

type clip struct {
	pcm []int16
	at  int
}

// Format implements media.Source.
func (c *clip) Format() media.Format { return media.Speech }

// ReadFrame implements media.Source.
func (c *clip) ReadFrame(f *media.Frame) error {
	if c.at == len(c.pcm) {
		return io.EOF
	}
	n := min(media.TickSamples, len(c.pcm)-c.at)
	f.At = media.CallTime(c.at)
	f.PCM = append(f.PCM[:0], c.pcm[c.at:c.at+n]...)
	c.at += n
	return nil
}
