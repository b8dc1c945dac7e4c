// Package transcript writes down a conversation for its customer to keep: as text, as
// a page that needs nothing else, or as JSON. It is honest about what was not heard, and
// holds nothing that customers may not see.
//
// It is written as the records come, so that the longest conversation takes no memory.
package transcript

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"parley/dialog"
)

// The formats.
const (
	Text = "txt"
	HTML = "html"
	JSON = "json"
)

// Head is what stands above a conversation.
type Head struct {
	Conversation dialog.ConversationID
	Company      string
	Bot          string // the program's name
	Customer     string // the name, "" when it is not known
	Started      time.Time
	Language     string         // BCP 47 tag of what is not the parties' own words
	Zone         *time.Location // nil: UTC
	Mine         bool           // the customer's own: they are "you"
}

// Picture gives a picture, small, and its media type; an error leaves it out, and says so.
type Picture func(url string) (data []byte, kind string, err error)

// Write writes a conversation in a format. An error of the records ends it with a line that
// says it is not whole, and is returned.
func Write(w io.Writer, format string, h Head, picture Picture, records iter.Seq2[dialog.Record, error]) error {
	if h.Zone == nil {
		h.Zone = time.UTC
	}
	var f writer
	switch format {
	case Text:
		f = &text{out: &out{w: w}, h: h}
	case HTML:
		f = &page{out: &out{w: w}, h: h, picture: picture, left: maxPictures}
	case JSON:
		f = &object{out: &out{w: w}, h: h}
	default:
		return fmt.Errorf("transcript: unknown format %q", format)
	}
	f.begin()
	var failed error
	day := ""
	for r, err := range records {
		if err != nil {
			failed = err
			break
		}
		e, ok := entryOf(r, h)
		if !ok {
			continue
		}
		if d := h.day(e.at); d != day {
			day = d
			f.day(d)
		}
		if f.entry(e); f.err() != nil {
			return f.err()
		}
	}
	f.end(failed == nil)
	return errors.Join(failed, f.err())
}

// writer is one format.
type writer interface {
	begin()
	day(words string)
	entry(e entry)
	end(whole bool)
	err() error
}

// out keeps the first error of a writer.
type out struct {
	w   io.Writer
	bad error
}

func (o *out) put(parts ...string) {
	for _, p := range parts {
		if o.bad == nil {
			_, o.bad = io.WriteString(o.w, p)
		}
	}
}

func (o *out) err() error { return o.bad }

// entry is what is worth writing down: something said, or something that happened.
type entry struct {
	at      time.Time
	record  dialog.Record
	message *dialog.MessageData // nil: it is an event, told by note
	who     string
	note    string
}

// entryOf gives what a record is to the customer; false: nothing.
func entryOf(r dialog.Record, h Head) (entry, bool) {
	e := entry{at: r.At, record: r}
	if !r.Public() {
		return e, false
	}
	switch r.Type {
	case dialog.MessageCreated:
		var m dialog.MessageData
		if json.Unmarshal(r.Data, &m) != nil || m.Private {
			return e, false
		}
		e.message, e.who = &m, h.who(m)
	case dialog.CallStarted:
		e.note = h.say("call began")
	case dialog.CallEnded:
		e.note = h.say("call ended")
	case dialog.TransferUpdated:
		var d struct{ State string }
		if json.Unmarshal(r.Data, &d) == nil {
			e.note = h.say("transfer " + d.State)
		}
	case dialog.ConversationUpdated:
		var d dialog.UpdatedData
		if json.Unmarshal(r.Data, &d) == nil {
			e.note = h.say("conversation " + d.State)
		}
	case dialog.ImageRead:
		var d dialog.ImageData
		if json.Unmarshal(r.Data, &d) == nil {
			e.note = h.seen(d.Seen)
		}
	}
	return e, e.message != nil || e.note != ""
}

// seen is what was understood of a picture, "" when nothing was.
func (h Head) seen(s dialog.Seen) string {
	var what []string
	if s.Shows != "" {
		what = append(what, s.Shows)
	}
	for _, i := range s.Identifiers {
		name := i.Label
		if name == "" {
			name = h.say("identifier " + i.Kind)
		}
		what = append(what, strings.TrimSpace(name+" "+i.Value))
	}
	if len(what) == 0 {
		return ""
	}
	return h.say("picture shows") + strings.Join(what, h.say("comma"))
}

// who is a party's name.
func (h Head) who(m dialog.MessageData) string {
	switch m.From {
	case dialog.Customer:
		switch {
		case h.Mine:
			return h.say("you")
		case h.Customer != "":
			return h.Customer
		}
		return h.say("customer")
	case dialog.Bot:
		if h.Bot == "" {
			return h.say("bot")
		}
		return h.Bot + " " + h.say("(bot)")
	case dialog.Agent:
		if m.Author != "" {
			return m.Author
		}
		return h.say("agent")
	}
	return h.say("system")
}

func (h Head) day(t time.Time) string {
	t = t.In(h.Zone)
	if h.chinese() {
		week := "日一二三四五六"
		return fmt.Sprintf("%d年%d月%d日 星期%s", t.Year(), t.Month(), t.Day(), string([]rune(week)[t.Weekday()]))
	}
	return t.Format("Monday, January 2, 2006")
}

func (h Head) clock(t time.Time) string { return t.In(h.Zone).Format("15:04") }

// zone names the time zone of the times.
func (h Head) zone() string {
	if h.Zone == time.UTC {
		return "UTC"
	}
	return h.Zone.String() + " (UTC" + h.Started.In(h.Zone).Format("-07:00") + ")"
}

// Name is what a file of it is called, in ASCII and in the language.
func (h Head) Name(format string) (ascii, own string) {
	at := h.Started.In(h.Zone).Format("2006-01-02-1504")
	return "conversation-" + at + "." + format, h.say("file") + "-" + at + "." + format
}
