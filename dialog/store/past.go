package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Past is a conversation that is over and comes from elsewhere, with all that is kept of it.
type Past struct {
	Conversation Conversation // ID, Site, Locale, Customer, State, Holder, Agent, Queue, Score, Created, Updated
	Records      []dialog.Record
	Transfers    []Transfer
	Calls        []Call
	Usage        []Usage
	Recommended  []Recommendation // Product, Name, Who, State, At, Changed
}

// Import keeps conversations of the past, all or none. Their words are not indexed for the
// search, nobody is told of them, and no token opens them.
func (s *Store) Import(ctx context.Context, ps []Past) error {
	return failure("import", s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var (
			cs    []Conversation
			es    []event
			ts    []Transfer
			calls []Call
			us    []Usage
			rs    []Recommendation
		)
		for _, p := range ps {
			c := p.Conversation
			c.Tenant, c.Token, c.Seq = dialog.DefaultTenant, hashed("past "+string(c.ID)), int64(len(p.Records))
			c.Indexed = c.Seq
			if c.Body == "" {
				c.Body = "{}"
			}
			cs = append(cs, c)
			for i, r := range p.Records {
				if !json.Valid(r.Data) {
					return fmt.Errorf("record %d of %s is no JSON", i, c.ID)
				}
				es = append(es, event{Conversation: c.ID, Seq: int64(i + 1), Tenant: c.Tenant, Type: r.Type, At: micro(r.At), Body: string(r.Data)})
			}
			for _, t := range p.Transfers {
				t.Tenant = c.Tenant
				ts = append(ts, t)
			}
			for _, k := range p.Calls {
				k.Tenant = c.Tenant
				calls = append(calls, k)
			}
			for i, r := range p.Recommended {
				r.ID, r.Tenant, r.Conversation = fmt.Sprintf("rec_%s_%d", c.ID, i), c.Tenant, c.ID
				rs = append(rs, r)
			}
			for i, u := range p.Usage {
				u.ID, u.Tenant = fmt.Sprintf("use_%s_%d", c.ID, i), c.Tenant
				us = append(us, u)
			}
		}
		for _, insert := range []func() error{
			func() error { return insertAll(ctx, tx, cs) }, func() error { return insertAll(ctx, tx, es) }, func() error { return insertAll(ctx, tx, ts) },
			func() error { return insertAll(ctx, tx, calls) }, func() error { return insertAll(ctx, tx, us) }, func() error { return insertAll(ctx, tx, rs) },
		} {
			if err := insert(); err != nil {
				return err
			}
		}
		return nil
	}))
}

// HasSite reports whether there are conversations of a site.
func (s *Store) HasSite(ctx context.Context, site string) (bool, error) {
	ok, err := s.db.NewSelect().Table("conversations").Where("tenant = ? AND site = ?", dialog.DefaultTenant, site).Limit(1).Exists(ctx)
	return ok, failure("conversations", err)
}
