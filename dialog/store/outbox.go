package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// The states of a change. The last three are settled.
const (
	ChangeWaiting  = "waiting"  // to be run at Due
	ChangeRunning  = "running"  // by Owner, until Lease
	ChangeChecking = "checking" // it may have happened; to be looked up at Due
	ChangeDone     = "done"
	ChangeFailed   = "failed"  // it has certainly not happened
	ChangeUnknown  = "unknown" // it may have happened; a person finds out
)

// Change is one row of the outbox: what is changed in a business system on a
// conversation's behalf. Times are microseconds since 1970.
type Change struct {
	bun.BaseModel `bun:"table:changes"`

	ID           string `bun:",pk"`
	Tenant       dialog.TenantID
	Conversation dialog.ConversationID
	Key          string // unique: the same again is the same change
	Tool         string
	Idempotent   string
	Language     string
	State        string
	Attempts     int64
	Checks       int64
	Doubt        int64 // 1: an attempt may have had its effect
	Owner        string
	Lease        int64
	Due          int64
	Started      int64 // the last attempt
	Settled      int64
	Told         int64  // when the customer was told; 0 is not yet
	Created      int64  // orders the changes of a conversation
	Body         string // the arguments
	Result       string // what the system answered, and why it failed
}

// durably runs f in a transaction that outlives a loss of power as well: SQLite
// otherwise keeps its last transactions through a crash of the process alone.
func (s *Store) durably(ctx context.Context, f func(ctx context.Context, tx bun.Tx) error) (err error) {
	if _, ok := ctx.Value(txKey{}).(bun.Tx); ok || s.postgres {
		return s.in(ctx).RunInTx(ctx, nil, f)
	}
	c, err := s.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if _, err = c.ExecContext(ctx, "PRAGMA synchronous=FULL"); err != nil {
		return err
	}
	defer func() {
		_, e := c.ExecContext(context.WithoutCancel(ctx), "PRAGMA synchronous=NORMAL")
		err = errors.Join(err, e)
	}()
	return c.RunInTx(ctx, nil, f)
}

// AddChange keeps a change before anything is done. A key that was used before gives
// the first one (again is true), dialog.ErrConflict when that was another change.
func (s *Store) AddChange(ctx context.Context, c Change) (first Change, again bool, err error) {
	if c.Tenant == "" {
		c.Tenant = dialog.DefaultTenant
	}
	c.ID = "chg_" + rand.Text()
	err = s.durably(ctx, func(ctx context.Context, tx bun.Tx) error {
		r, err := tx.NewInsert().Model(&c).On("CONFLICT (tenant, key) DO NOTHING").Exec(ctx)
		if err != nil {
			return err
		}
		n, err := r.RowsAffected()
		if err != nil || n > 0 {
			first = c
			return err
		}
		again = true
		return tx.NewSelect().Model(&first).Where("tenant = ? AND key = ?", c.Tenant, c.Key).Scan(ctx)
	})
	if err != nil {
		return Change{}, false, failure("change", err)
	}
	if again && (first.Tool != c.Tool || first.Body != c.Body || first.Conversation != c.Conversation) {
		return Change{}, false, fmt.Errorf("change: the key was used for another: %w", dialog.ErrConflict)
	}
	return first, again, nil
}

// TakeChange makes a change the owner's to run until the lease ends; ok is false when
// somebody else was faster. It counts an attempt and says so in c.
func (s *Store) TakeChange(ctx context.Context, c *Change, owner string, now, lease time.Time) (ok bool, err error) {
	err = s.durably(ctx, func(ctx context.Context, tx bun.Tx) error {
		r, err := tx.NewUpdate().Model((*Change)(nil)).
			Set("state = ?, owner = ?, attempts = ?, lease = ?, started = ?, doubt = ?", ChangeRunning, owner, c.Attempts+1, micro(lease), micro(now), c.Doubt).
			Where("id = ? AND state = ? AND owner = ? AND attempts = ?", c.ID, c.State, c.Owner, c.Attempts).Exec(ctx)
		if err != nil {
			return err
		}
		n, err := r.RowsAffected()
		ok = n > 0
		return err
	})
	if ok && err == nil {
		c.State, c.Owner, c.Lease, c.Started = ChangeRunning, owner, micro(lease), micro(now)
		c.Attempts++
	}
	return ok && err == nil, failure("change", err)
}

// KeepChange keeps what became of a change that owner took at that attempt. Who comes
// late, after another has taken it, changes nothing (ok is false), unless it knows that
// the change has happened: that is true whatever was thought, and is to be told again.
// With it rs are kept in the change's conversation, unless that is over or forgotten.
func (s *Store) KeepChange(ctx context.Context, c Change, owner string, attempts int64, rs ...dialog.Record) (kept []dialog.Record, ok bool, err error) {
	err = s.durably(ctx, func(ctx context.Context, tx bun.Tx) error {
		q := tx.NewUpdate().Model(&c).Column("state", "checks", "doubt", "owner", "lease", "due", "settled", "told", "result").Where("id = ?", c.ID)
		if c.State == ChangeDone {
			q = q.Where("(owner = ? AND attempts = ? AND settled = 0 OR state NOT IN (?, ?))", owner, attempts, ChangeRunning, ChangeDone)
		} else {
			q = q.Where("owner = ? AND attempts = ? AND settled = 0", owner, attempts)
		}
		r, err := q.Exec(ctx)
		if err != nil {
			return err
		}
		n, err := r.RowsAffected()
		if ok = n > 0; err != nil || !ok {
			return err
		}
		if len(rs) > 0 {
			kept, err = s.appendTx(ctx, tx, c.Conversation, 0, rs)
			if err != nil && !errors.Is(err, dialog.ErrClosed) && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
		}
		if c.State != ChangeUnknown {
			return nil
		}
		g := Gap{ID: "gap_" + rand.Text(), Tenant: c.Tenant, Kind: "change", Conversation: c.Conversation, Body: c.unknown(), At: c.Settled}
		_, err = tx.NewInsert().Model(&g).Exec(ctx)
		return err
	})
	if err != nil {
		return nil, false, failure("change", err)
	}
	if len(kept) > 0 {
		s.signal()
	}
	return kept, ok, nil
}

// unknown is what a person is asked to find out.
func (c Change) unknown() string {
	b, err := json.Marshal(map[string]any{"change": c.ID, "tool": c.Tool, "key": c.Key, "args": json.RawMessage(c.Body)})
	if err != nil {
		return c.Tool + " " + c.ID
	}
	return string(b)
}

// FreeChanges makes what others than the owner run due now: they are gone.
func (s *Store) FreeChanges(ctx context.Context, owner string) error {
	_, err := s.in(ctx).NewUpdate().Model((*Change)(nil)).Set("lease = 0").Where("state = ? AND owner <> ?", ChangeRunning, owner).Exec(ctx)
	return failure("changes", err)
}

// DueChanges gives what is to be run, looked up, or taken from an owner that is gone,
// oldest first; no change of a conversation before the ones that came earlier. Next is
// when more will be due; zero is never.
func (s *Store) DueChanges(ctx context.Context, now time.Time, limit int) (due []Change, next time.Time, err error) {
	const open = "settled = 0 AND (state = 'running' AND lease %[1]s ? OR state IN ('waiting', 'checking') AND due %[1]s ?)"
	const blocked = `EXISTS (SELECT 1 FROM changes AS b WHERE b.conversation = change.conversation AND b.settled = 0
		AND b.state IN ('waiting', 'running') AND (b.created < change.created OR b.created = change.created AND b.id < change.id))`
	at := micro(now)
	err = s.db.NewSelect().Model(&due).Where(fmt.Sprintf(open, "<="), at, at).Where("(state = 'checking' OR NOT "+blocked+")").
		Order("created", "id").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, next, failure("changes", err)
	}
	var soon *int64
	err = s.db.NewSelect().Model((*Change)(nil)).ColumnExpr("MIN(CASE state WHEN 'running' THEN lease ELSE due END)").Where(fmt.Sprintf(open, ">"), at, at).Scan(ctx, &soon)
	if err == nil && soon != nil {
		next = when(*soon)
	}
	return due, next, failure("changes", err)
}

// GetChange gives one.
func (s *Store) GetChange(ctx context.Context, id string) (Change, error) {
	var c Change
	err := s.db.NewSelect().Model(&c).Where("id = ?", id).Scan(ctx)
	return c, failure("change", err)
}

// UntoldChanges gives a conversation's settled changes that the customer has not been
// told of, oldest first.
func (s *Store) UntoldChanges(ctx context.Context, id dialog.ConversationID) ([]Change, error) {
	var cs []Change
	err := s.rows(ctx, s.hot.untold, &cs, id)
	return cs, failure("changes", err)
}

// UntoldSince gives the settled changes of all conversations that nobody has been told of.
func (s *Store) UntoldSince(ctx context.Context, since time.Time, limit int) ([]Change, error) {
	var cs []Change
	err := s.db.NewSelect().Model(&cs).Where("told = 0 AND settled > ?", micro(since)).Order("settled", "id").Limit(int64(limit)).Scan(ctx)
	return cs, failure("changes", err)
}

// ToldChanges notes that the customer knows. It takes part in ctx's transaction.
func (s *Store) ToldChanges(ctx context.Context, now time.Time, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := s.in(ctx).NewUpdate().Model((*Change)(nil)).Set("told = ?", micro(now)).Where("id IN (?) AND settled > 0", bun.List(ids)).Exec(ctx)
	return failure("changes", err)
}

// ChangesOf gives what was changed on a conversation's behalf, oldest first.
func (s *Store) ChangesOf(ctx context.Context, id dialog.ConversationID) ([]Change, error) {
	var cs []Change
	err := s.db.NewSelect().Model(&cs).Where("conversation = ?", id).Order("created", "id").Limit(1000).Scan(ctx)
	return cs, failure("changes", err)
}

// BlankChanges empties the arguments of a tool's changes that settled before a time, and
// gives how many there were: what it was given is not to be kept.
func (s *Store) BlankChanges(ctx context.Context, tool string, before time.Time) (int, error) {
	n, err := removed(ctx, s.in(ctx).NewUpdate().Model((*Change)(nil)).Set("body = '{}'").
		Where("tool = ? AND settled > 0 AND settled < ? AND body <> '{}'", tool, micro(before)))
	return n, failure("changes", err)
}
