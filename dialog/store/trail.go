package store

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"parley/dialog"
)

// Deed is what one of the staff did.
type Deed struct {
	ID     string
	At     time.Time
	Who    string // user or key id
	Name   string // of the person or program, "" when gone
	What   string // as bot.put
	Source string // address
	Data   json.RawMessage
}

// Deeds filters the trail. Zero values filter nothing.
type Deeds struct {
	Who, What string // What is a beginning: "document." is everything about documents
	Before    string // the cursor of the former page
	Limit     int
}

// Trail lists what was done, newest first.
func (s *Store) Trail(ctx context.Context, f Deeds) ([]Deed, error) {
	var rows []struct {
		ID, Who, What, Source, Body, Name string
		At                                int64
	}
	q := s.reads(ctx).NewSelect().TableExpr("audit AS a").Join("LEFT JOIN users AS u ON u.id = a.who").
		Join("LEFT JOIN api_keys AS k ON k.id = a.who").
		ColumnExpr("a.id, a.who, a.what, a.source, a.body, a.at, coalesce(u.name, k.name, '') AS name").
		Where("a.tenant = ?", dialog.DefaultTenant).OrderExpr("a.at DESC, a.id DESC").Limit(int64(f.Limit))
	if f.Who != "" {
		q = q.Where("a.who = ?", f.Who)
	}
	if f.What != "" {
		q = q.Where("substr(a.what, 1, ?) = ?", len(f.What), f.What)
	}
	if f.Before != "" {
		var at int64
		if err := s.reads(ctx).NewSelect().Table("audit").Column("at").Where("id = ?", f.Before).Scan(ctx, &at); err != nil {
			return nil, failure("audit", err)
		}
		q = q.Where("a.at < ? OR a.at = ? AND a.id < ?", at, at, f.Before)
	}
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, failure("audit", err)
	}
	out := make([]Deed, 0, len(rows))
	for _, r := range rows {
		d := Deed{ID: r.ID, At: when(r.At), Who: r.Who, Name: r.Name, What: r.What, Source: r.Source}
		if strings.HasPrefix(r.Body, "{") && json.Valid([]byte(r.Body)) {
			d.Data = json.RawMessage(r.Body)
		}
		out = append(out, d)
	}
	return out, nil
}
