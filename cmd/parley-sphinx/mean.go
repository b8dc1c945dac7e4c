package main

// A decoder takes the mean of a line's cepstra away from them. Until it knows
// the line it uses the usual mean, and words decoded so come out wrong: a third
// more of them than when the mean of the whole utterance is known beforehand.
// So what was heard is decoded again when enough speech has told the mean, early
// enough that the decoder, five times faster than speech, has caught up long
// before the end.
var (
	renewAt   = [...]int{40, 120, 240} // frames of speech (10 ms)
	usualMean = mean{41.00, -5.29, -0.12, 5.09, 2.48, -4.07, -1.37, -1.78, -5.08, -2.05, -6.45, -1.42, 1.17}
)

const (
	usualFrames = 20             // how many frames of speech the usual mean weighs
	leastFrames = 10             // fewer say nothing about a line
	mostAgain   = 10 * 16000 * 2 // bytes that are kept to be decoded again
)

type mean [13]float32

// begin opens an utterance at the decoder, with nothing of the one before it in
// the mean: it may have been another caller's.
func (d *decoder) begin(m mean) error {
	setMean(d, &m)
	return d.startUtterance()
}

// renew keeps pcm, which was decoded already, and decodes all again when enough
// speech was heard.
func (d *decoder) renew(pcm []byte) error {
	if d.level == len(renewAt) {
		return nil
	}
	if len(d.again)+len(pcm) > mostAgain {
		d.level, d.again = len(renewAt), d.again[:0]
		return nil
	}
	d.again = append(d.again, pcm...)
	m, frames := heardMean(d)
	if frames < renewAt[d.level] {
		return nil
	}
	for d.level < len(renewAt) && frames >= renewAt[d.level] {
		d.level++
	}
	return d.repeat(m)
}

// settle decodes an utterance again that was too short for renew: a word or two.
func (d *decoder) settle() error {
	if m, frames := heardMean(d); d.level == 0 && frames >= leastFrames {
		return d.repeat(m)
	}
	return nil
}

func (d *decoder) repeat(m mean) error {
	if err := d.endUtterance(); err != nil {
		return err
	}
	d.skip += int64(len(d.again) / 2)
	if err := d.begin(m); err != nil {
		return err
	}
	return d.decode(d.again)
}
