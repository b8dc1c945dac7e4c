package bargein

import (
	"context"
	"errors"
	"iter"
	"time"

	"parley/asr"
	"parley/asr/backchannel"
	"parley/dialog"
	"parley/dialog/chat"
	"parley/dialog/conversation"
	"parley/dialog/floor"
	"parley/dialog/voice"
	"parley/media"
	"parley/media/room"
)

const conversationID dialog.ConversationID = "replayed"

// rig is one call of the real ear, mouth, floor and conversation, on call time.
type rig struct {
	clock *clock
	room  *room.Manual
	log   *records
	hub   *conversation.Hub
	calls *voice.Calls
	line  *line
	voice *memo
	now   media.CallTime // of the next tick

	watcher   func(floor.State) // told of each tick; may be nil
	answering bool              // the answer is being spoken
}

// answer is a brain that knows one.
type answer string

// Answer implements dialog.Brain.
func (a answer) Answer(dialog.Context) dialog.Reply {
	return func(context.Context) iter.Seq2[dialog.Delta, error] {
		return func(yield func(dialog.Delta, error) bool) { yield(dialog.Delta{Text: string(a)}, nil) }
	}
}

// setup is what a call is made of.
type setup struct {
	language string
	reply    string
	voice    *memo
	line     *line
	clock    *clock
	ears     asr.Recognizer
}

func newRig(s setup) (*rig, error) {
	r := &rig{clock: s.clock, room: room.NewManual(), log: &records{}, line: s.line, voice: s.voice}
	r.hub = conversation.NewHub(conversation.Options{Log: r.log, Bus: r.log, Brain: answer(s.reply), Chat: chat.New(), Clock: r.clock,
		Floor: floor.Config{Drafts: true, Backchannel: backchannel.Is, Stop: backchannel.Stop}})
	r.calls = voice.New(voice.Options{Hub: r.hub, Clock: r.room, TTS: s.voice, ASR: s.ears, Hears: func(string) bool { return true }})
	if err := r.calls.Begin("call", voice.Request{Conversation: conversationID, Language: s.language}, s.line); err != nil {
		return nil, err
	}
	r.settle()
	return r, nil
}

func (r *rig) settle() {
	settle()
	for r.voice.busy.Load() > 0 {
		time.Sleep(time.Millisecond) // a sentence that was never said before
	}
	settle()
}

// tick runs 20 ms of the call.
func (r *rig) tick() floor.State {
	r.clock.advance(media.Tick)
	r.settle()
	r.room.Tick()
	r.now += media.TickSamples
	r.settle()
	st := r.state()
	r.answering = st.Reply.Answer
	if r.watcher != nil {
		r.watcher(st)
	}
	return st
}

func (r *rig) state() floor.State {
	st, _ := r.hub.Snapshot(conversationID)
	return st
}

// errStuck: the call did not come to where it should.
var errStuck = errors.New("bargein: the call does not go on")

// until runs the call until its state is as wanted.
func (r *rig) until(limit time.Duration, want func(floor.State) bool) error {
	for range limit / media.Tick {
		if want(r.tick()) {
			return nil
		}
	}
	return errStuck
}

// ask waits for the greeting's end, asks, and returns when the answer is heard.
func (r *rig) ask(question string) error {
	idle := func(s floor.State) bool { return s.Greeted && s.Reply.ID == "" && len(s.Queue) == 0 }
	if err := r.until(30*time.Second, idle); err != nil {
		return err
	}
	t := dialog.Turn{From: dialog.Customer, Via: dialog.ViaVoice, Text: question}
	if err := r.hub.Post(context.Background(), conversationID, dialog.Said{Turn: t}); err != nil {
		return err
	}
	return r.until(10*time.Second, func(s floor.State) bool { return s.Reply.Answer && s.Reply.Audible })
}

func (r *rig) close() {
	r.calls.Close()
	_ = r.hub.Close(context.Background())
}
