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
