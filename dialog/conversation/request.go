package conversation

import (
	"crypto/rand"
	"maps"
	"time"

	"parley/dialog"
)

const (
	maxWants  = 4                // pictures that one reply asks for
	requested = 15 * time.Minute // that a request stands
)

// request shows what pictures a spoken reply asks for, as soon as its voice is heard. What
// a written one asks for is shown with it.
func (a *actor) request() {
	j := a.job
	if j.via != dialog.ViaVoice || !j.heard {
		return
	}
	for _, w := range j.wanted {
		a.ask(w)
	}
	j.wanted = nil
}

// ask keeps a request for a picture, and lets be done what belongs to it.
func (a *actor) ask(w dialog.Action) {
	to, _ := w.Args["to"].(string)
	d := dialog.RequestedData{ID: "ask_" + rand.Text(), Reason: w.Reason, Until: time.Now().Add(requested).UTC(), Link: to != ""}
	if a.st.Voice {
		d.Call = a.st.Call
	}
	if a.hub.o.Action != nil {
		w.Args = maps.Clone(w.Args)
		if w.Args == nil {
			w.Args = map[string]any{}
		}
		w.Args["request"] = d
		a.owed = append(a.owed, w)
	}
	a.store(dialog.ImageRequested, d)
}
