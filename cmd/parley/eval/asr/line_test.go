package asr

import (
	"flag"
	"io"
	"testing"
	"time"

	"parley/media/mediatest"
)

// What a line takes away is there in what comes through, unless it is made up for.
func TestLine(t *testing.T) {
	x := mediatest.Voice(200)
	for name, c := range lineCodecs {
		level := func(l line) float64 {
			got, err := l.through(x, 3)
			if err != nil {
				t.Fatal(err)
			}
			if again, _ := l.through(x, 3); mediatest.Level(again) != mediatest.Level(got) {
				t.Errorf("%s: the same seed gives another line", name)
			}
			return mediatest.Level(got)
		}
		whole := level(line{codec: c})
		made := level(line{codec: c, loss: 0.2, jitter: 40 * time.Millisecond, conceal: true})
		bare := level(line{codec: c, loss: 0.2, jitter: 40 * time.Millisecond})
		if bare >= made || made < 0.85*whole {
			t.Errorf("%s: level %.0f whole, %.0f made up for, %.0f with gaps", name, whole, made, bare)
		}
	}
}

func TestLineFlags(t *testing.T) {
	for _, bad := range [][]string{{"-line", "g729"}, {"-line", "pcmu", "-loss", "101"}, {"-line", "pcmu", "-jitter", "2s"}} {
		fs := flag.NewFlagSet("", flag.ContinueOnError)
		fs.SetOutput(io.Discard)
		of := lineFlags(fs)
		if err := fs.Parse(bad); err != nil {
			t.Fatal(err)
		}
		if _, err := of(); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
}
