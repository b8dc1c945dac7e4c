package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// BotSettings are how the bot presents itself and what it may do. A field that is absent
// is not said.
type BotSettings struct {
	Name      string            `json:"name,omitempty" maxLength:"60"`
	Company   string            `json:"company,omitempty" maxLength:"120"`
	Languages []string          `json:"languages,omitempty" maxItems:"20" doc:"BCP 47 tags, the first is the usual one"`
	Greeting  map[string]string `json:"greeting,omitempty" doc:"by language; the disclosure that an AI speaks is said in any case"`
	Persona   string            `json:"persona,omitempty" maxLength:"4000" doc:"how it speaks, for the model"`
	Rules     []string          `json:"rules,omitempty" maxItems:"100" doc:"of the company, for the model"`
	Tools     []string          `json:"tools,omitempty" maxItems:"200" doc:"names of those that it may use; absent: all"`
	Forms     []string          `json:"forms,omitempty" maxItems:"200" doc:"names of the procedures that it may follow; absent: all"`
	Hours     *Hours            `json:"hours,omitempty"`
	Handoff   *HandoffRules     `json:"handoff,omitempty"`
	Recommend *bool             `json:"recommend,omitempty" doc:"the bot tells customers of a product that fits, once; absent: it does"`
}

// Hours are when people are there; dialog/hours reads them.
type Hours struct {
	Zone     string            `json:"zone" maxLength:"60" doc:"IANA name, as Asia/Shanghai"`
	Open     map[string]string `json:"open" maxProperties:"50" doc:"days to times: mon-fri to 09:00-18:00, several with commas; empty: every day"`
	Holidays []string          `json:"holidays,omitempty" maxItems:"366" doc:"dates, as 2026-10-01"`
}

// HandoffRules say when a person is fetched, beside being asked for.
type HandoffRules struct {
	Failures  int               `json:"failures,omitempty" minimum:"0" maximum:"20" doc:"answers in a row that were none; 0 is 2"`
	Topics    map[string]string `json:"topics,omitempty" doc:"words of customers, to the topic's name"`
	VIP       []string          `json:"vip,omitempty" maxItems:"10000" doc:"customers by their signed id"`
	Emergency map[string]string `json:"emergency,omitempty" doc:"what to call first, by language"`
}

// BotVersion is one state of the settings; Settings is nil where those of the
// configuration file hold.
type BotVersion struct {
	Version  int64
	At       time.Time // zero: since the start
	By       string    // user id
	Settings *BotSettings
}

type botVersion struct {
	bun.BaseModel `bun:"table:bot_versions"`

	Tenant  dialog.TenantID `bun:",pk"`
	Version int64           `bun:",pk"`
	At      int64
	Who     string
	Body    string // JSON; "" is the file's
}

func (v botVersion) open() (BotVersion, error) {
	out := BotVersion{Version: v.Version, At: when(v.At), By: v.Who}
	if v.Body == "" {
		return out, nil
	}
	out.Settings = new(BotSettings)
	if err := json.Unmarshal([]byte(v.Body), out.Settings); err != nil {
		return out, fmt.Errorf("store: bot settings %d: %w", v.Version, err)
	}
	return out, nil
}

// Bot is what holds; version 0 is the file's, when nothing was ever set.
func (s *Store) Bot(ctx context.Context) (BotVersion, error) {
	var v botVersion
	err := s.reads(ctx).NewSelect().Model(&v).Where("tenant = ?", dialog.DefaultTenant).Order("version DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return BotVersion{}, nil
	}
	if err != nil {
		return BotVersion{}, failure("bot settings", err)
	}
	return v.open()
}

// BotVersions lists the versions before one (0: from the newest), newest first.
func (s *Store) BotVersions(ctx context.Context, before int64, limit int) ([]BotVersion, error) {
	var vs []botVersion
	q := s.reads(ctx).NewSelect().Model(&vs).Where("tenant = ?", dialog.DefaultTenant).Order("version DESC").Limit(int64(limit))
	if before > 0 {
		q = q.Where("version < ?", before)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, failure("bot settings", err)
	}
	out := make([]BotVersion, 0, len(vs))
	for _, v := range vs {
		o, err := v.open()
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

// PutBot makes a version; nil settings are the file's.
func (s *Store) PutBot(ctx context.Context, settings *BotSettings, who string) (BotVersion, error) {
	body := ""
	if settings != nil {
		b, err := json.Marshal(settings)
		if err != nil {
			return BotVersion{}, fmt.Errorf("store: bot settings: %w", err)
		}
		body = string(b)
	}
	v := botVersion{Tenant: dialog.DefaultTenant, At: micro(time.Now()), Who: who, Body: body}
	err := s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		err := tx.NewSelect().Model((*botVersion)(nil)).ColumnExpr("coalesce(max(version), 0) + 1").Where("tenant = ?", v.Tenant).Scan(ctx, &v.Version)
		if err == nil {
			_, err = tx.NewInsert().Model(&v).Exec(ctx)
		}
		return err
	})
	if err != nil { // two at once: the second is told
		return BotVersion{}, failure("bot settings", err)
	}
	return v.open()
}

// RestoreBot makes an old version the newest; 0 is the file's.
func (s *Store) RestoreBot(ctx context.Context, version int64, who string) (BotVersion, error) {
	if version == 0 {
		return s.PutBot(ctx, nil, who)
	}
	var v botVersion
	if err := s.reads(ctx).NewSelect().Model(&v).Where("tenant = ? AND version = ?", dialog.DefaultTenant, version).Scan(ctx); err != nil {
		return BotVersion{}, failure("bot settings", err)
	}
	old, err := v.open()
	if err != nil {
		return BotVersion{}, err
	}
	return s.PutBot(ctx, old.Settings, who)
}

// SettingsStamp changes whenever what is set on the page does: this node's or another's.
func (s *Store) SettingsStamp(ctx context.Context) (stamp [2]int64, err error) {
	err = s.db.NewSelect().Model((*botVersion)(nil)).ColumnExpr("coalesce(max(version), 0)").Where("tenant = ?", dialog.DefaultTenant).Scan(ctx, &stamp[0])
	if err == nil {
		err = s.db.NewSelect().Model((*engineRole)(nil)).ColumnExpr("coalesce(max(at), 0)").Where("tenant = ?", dialog.DefaultTenant).Scan(ctx, &stamp[1])
	}
	return stamp, failure("settings", err)
}

// reads is where to read in a transaction of Once, what it wrote included.
func (s *Store) reads(ctx context.Context) bun.IDB {
	if tx, ok := ctx.Value(txKey{}).(bun.Tx); ok {
		return tx
	}
	return s.db
}
