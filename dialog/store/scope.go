package store

import (
	"slices"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Scope is what a supervisor of some teams sees: what waits or waited in their queues, and what
// their people have or had. nil: everything.
type Scope struct {
	Queues []string
	Agents []string // user ids
}

// Covers reports whether a conversation is in the scope, by the last person who had it and its
// queue.
func (c *Scope) Covers(agent, queue string) bool {
	return c == nil || agent != "" && slices.Contains(c.Agents, agent) || queue != "" && slices.Contains(c.Queues, queue)
}

// Sees reports whether who has the scope sees a conversation: one that it covers, or one that
// nobody of the staff has had, when no line is wanted for it or one of the scope's is.
func (c *Scope) Sees(agent, queue, line string) bool {
	return c.Covers(agent, queue) || agent == "" && queue == "" && (line == "" || slices.Contains(c.Queues, line))
}

// seen narrows a query of conversations, c, to those that Sees says yes to.
func (c *Scope) seen(q *bun.SelectQuery, postgres bool) *bun.SelectQuery {
	line := "json_extract(c.body, '$.queue')"
	if postgres {
		line = "CAST(c.body AS json) ->> 'queue'"
	}
	return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		q = c.where(q, "c.agent", "c.queue")
		return q.WhereOr("c.agent = '' AND c.queue = '' AND COALESCE(CASE WHEN c.body LIKE '{%' THEN "+line+" END, '') IN (?)", some(c.Queues))
	})
}

// some is a list for IN, which must not be empty; no id and no queue is "".
func some(list []string) any { return bun.In(append([]string{""}, list...)) }

// where narrows a query of rows with an agent and a queue, each under its name there.
func (c *Scope) where(q *bun.SelectQuery, agent, queue string) *bun.SelectQuery {
	if c == nil {
		return q
	}
	return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("? <> '' AND ? IN (?)", bun.Ident(agent), bun.Ident(agent), some(c.Agents)).WhereOr("? <> '' AND ? IN (?)", bun.Ident(queue), bun.Ident(queue), some(c.Queues))
	})
}

// digested narrows a query of rows with a conversation to those whose digest is in the scope.
func (c *Scope) digested(db bun.IDB, q *bun.SelectQuery) *bun.SelectQuery {
	if c == nil {
		return q
	}
	return q.Where("conversation IN (?)", c.where(db.NewSelect().Table("digests").Column("conversation").Where("tenant = ?", dialog.DefaultTenant), "agent", "queue"))
}
