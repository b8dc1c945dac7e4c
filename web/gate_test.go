package web

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

func TestTheGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(2)
		one, err1 := g.enter(t.Context())
		two, err2 := g.enter(t.Context())
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		_, err := g.enter(t.Context())
		var se huma.StatusError
		if !errors.As(err, &se) || se.GetStatus() != http.StatusServiceUnavailable {
			t.Error("a full gate lets in:", err)
		}
		go func() {
			time.Sleep(atGate / 2)
			one()
		}()
		three, err := g.enter(t.Context())
		if err != nil {
			t.Fatal("a place became free:", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := g.enter(ctx); !errors.Is(err, context.Canceled) {
			t.Error("waits for one who has gone:", err)
		}
		two()
		three()
		if len(g.places) != 0 {
			t.Error("places are lost")
		}
	})
}
