package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// keptFor is how long an answer is remembered.
const keptFor = 24 * time.Hour

// answer is what was answered to a request that may come again.
type answer struct {
	bun.BaseModel `bun:"table:idempotency"`

	Key     string `bun:",pk"` // hash of token, path and the caller's key
	Request string // hash of its body
	Status  int64
	Body    string
	Created int64
}

// Once does a request at most once in 24 hours. What do writes with the context
// it is given, and its answer, are kept together or not at all. A repeat gets the
// first answer and again; it waits for the first while that runs. With another
// request the same key is dialog.ErrConflict. Errors of do come back as they are,
// and the request may be tried again.
func (s *Store) Once(ctx context.Context, key, request string, do func(ctx context.Context) (string, error)) (body string, again bool, err error) {
	var failed error
	err = s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		now := time.Now()
		if _, err := tx.NewDelete().Model((*answer)(nil)).Where("created < ?", micro(now.Add(-keptFor))).Exec(ctx); err != nil {
			return err
		}
		a := answer{Key: hashed(key), Request: hashed(request), Status: 1, Created: micro(now)}
		r, err := tx.NewInsert().Model(&a).On("CONFLICT DO NOTHING").Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			var old answer
			if err := tx.NewSelect().Model(&old).Where("key = ?", a.Key).Scan(ctx); err != nil {
				return err
			}
			if old.Request != a.Request {
				return dialog.ErrConflict
			}
			body, again = old.Body, true
			return nil
		}
		if body, failed = do(context.WithValue(ctx, txKey{}, tx)); failed != nil {
			return failed
		}
		_, err = tx.NewUpdate().Model((*answer)(nil)).Set("body = ?", body).Where("key = ?", a.Key).Exec(ctx)
		return err
	})
	if failed != nil {
		return "", false, failed
	}
	if err != nil {
		return "", false, failure("idempotency", err)
	}
	return body, again, nil
}
