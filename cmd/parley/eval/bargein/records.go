package bargein

import (
	"context"
	"encoding/json"
	"sync"

	"parley/dialog"
)

// records is the log of one replayed conversation, and a bus that nobody watches.
type records struct {
	mu   sync.Mutex
	kept []dialog.Record
}

// Claim implements dialog.Log.
func (l *records) Claim(context.Context, dialog.ConversationID) (int64, error) { return 1, nil }

// Append implements dialog.Log.
func (l *records) Append(_ context.Context, id dialog.ConversationID, _ int64, rs ...dialog.Record) ([]dialog.Record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range rs {
		rs[i].Seq, rs[i].Conversation = int64(len(l.kept)+1), id
		l.kept = append(l.kept, rs[i])
	}
	return rs, nil
}

// Keep implements dialog.Log.
func (l *records) Keep(ctx context.Context, id dialog.ConversationID, epoch int64, _ json.RawMessage, _ func(context.Context) error, rs ...dialog.Record) ([]dialog.Record, error) {
	return l.Append(ctx, id, epoch, rs...)
}

// Known implements dialog.Log.
func (l *records) Known(context.Context, dialog.ConversationID) (dialog.Known, error) {
	return dialog.Known{}, nil
}

// Since implements dialog.Log.
func (l *records) Since(_ context.Context, _ dialog.ConversationID, after int64, limit int) ([]dialog.Record, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rest := l.kept[min(int(after), len(l.kept)):]
	return append([]dialog.Record(nil), rest[:min(limit, len(rest))]...), nil
}

// Publish implements dialog.Publisher.
func (l *records) Publish(context.Context, dialog.Record) error { return nil }

// turns are what was said, oldest first.
func (l *records) turns() (out []dialog.MessageData) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.kept {
		var m dialog.MessageData
		if r.Type == dialog.MessageCreated && json.Unmarshal(r.Data, &m) == nil {
			out = append(out, m)
		}
	}
	return out
}

// last is the bot's last turn.
func (l *records) last() (m dialog.MessageData, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := len(l.kept) - 1; i >= 0; i-- {
		if l.kept[i].Type == dialog.MessageCreated && json.Unmarshal(l.kept[i].Data, &m) == nil && m.From == dialog.Bot {
			return m, true
		}
	}
	return dialog.MessageData{}, false
}
