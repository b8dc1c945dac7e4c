package store

import (
	"context"

	"parley/dialog"
)

// Attempt adds to how often something was tried in a conversation that is limited there,
// and gives the sum. It is kept at once: what becomes of a reply changes nothing of it.
func (s *Store) Attempt(ctx context.Context, id dialog.ConversationID, kind string, by int) (n int, err error) {
	err = s.in(ctx).NewRaw("INSERT INTO attempts (conversation, kind, n) VALUES (?, ?, ?) ON CONFLICT (conversation, kind) DO UPDATE SET n = attempts.n + ? RETURNING n",
		id, kind, by, by).Scan(ctx, &n)
	return n, failure("attempt", err)
}
