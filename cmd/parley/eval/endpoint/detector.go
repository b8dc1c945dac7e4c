package endpoint

import "parley/cmd/parley/figure"

// Detector is how asr/vad heard turns.
type Detector struct {
	OnsetS     float64 `json:"onset_late_s"`   // p50 of the decision
	ReleaseS   float64 `json:"release_late_s"` // p50 of the decision
	FalseShare float64 `json:"false_share"`    // of the frames without speech
	Missed     float64 `json:"words_missed"`   // share of words of which less than a third is active
	Words      int     `json:"words"`
}

func detected(turns []*heard) Detector {
	var d Detector
	var onsets, releases []float64
	quiet, wrong, missed := 0, 0, 0
	for _, h := range turns {
		onset, release := 0.0, 0.0
		active := make([]bool, len(h.frames))
		for i, a := range h.frames {
			now := float64(i+1) * frameS
			active[i] = a.Speech
			if a.Onset {
				for j := max(0, i+1-a.Since); j < i; j++ {
					active[j] = true
				}
				if onset == 0 && now > h.start-0.2 {
					onset = now
				}
			}
			if a.Offset && release == 0 && now > h.end-0.1 {
				release = now
			}
			if h.silentAt(now) {
				if quiet++; a.Speech {
					wrong++
				}
			}
		}
		if onset > 0 {
			onsets = append(onsets, onset-h.start)
		}
		if release > 0 {
			releases = append(releases, release-h.end)
		}
		if h.guessed {
			continue
		}
		for _, w := range h.words {
			d.Words++
			if heardOf(active, w.span) < 1.0/3 {
				missed++
			}
		}
	}
	d.OnsetS, d.ReleaseS = figure.Quantile(onsets, 0.5), figure.Quantile(releases, 0.5)
	d.FalseShare = float64(wrong) / float64(max(quiet, 1))
	d.Missed = float64(missed) / float64(max(d.Words, 1))
	return d
}

// silentAt reports whether nobody speaks then, by the known times.
func (t *turn) silentAt(s float64) bool {
	if s <= t.start || s > t.end+frameS {
		return true
	}
	for _, p := range t.pauses {
		if s > p.from+frameS && s <= p.to {
			return true
		}
	}
	return false
}

// heardOf is the share of a span that is active.
func heardOf(active []bool, s span) float64 {
	hit, all := 0, 0
	for i := int(s.from / frameS); i < int(s.to/frameS) && i < len(active); i++ {
		if all++; active[i] {
			hit++
		}
	}
	return float64(hit) / float64(max(all, 1))
}
