package child

import (
	"context"
	"errors"
	"os/exec"
	"testing"
	"time"
)

var little = Limits{Memory: 1 << 30, Time: time.Minute, Output: 1 << 10}

// A child that is not wanted any more is killed with all that it started.
func TestItEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, _, err := Run(ctx, little, nil, "sh", "-c", "sleep 100 & wait")
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 30*time.Second {
		t.Error(err, time.Since(began))
	}
}

func TestItIsLimited(t *testing.T) {
	if _, _, err := Run(t.Context(), little, nil, "sh", "-c", "while :; do echo aaaaaaaaaaaaaaaa; done"); !errors.Is(err, ErrOutput) {
		t.Error("endless output:", err)
	}
	out, _, err := Run(t.Context(), little, []byte("in"), "sh", "-c", "cat; ulimit -c; ulimit -n; ulimit -f; ulimit -v; echo $HOME$SECRET")
	if err != nil || string(out) != "in0\n64\n0\n1048576\n/nonexistent\n" {
		t.Errorf("%q %v", out, err)
	}
	if _, _, err := Run(t.Context(), little, nil, "no-such-program"); !errors.Is(err, ErrMissing) {
		t.Error(err)
	}
	var exit *exec.ExitError
	if _, said, err := Run(t.Context(), little, nil, "sh", "-c", "echo why >&2; exit 3"); !errors.As(err, &exit) || said != "why" {
		t.Error(said, err)
	}
}
