package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// EngineSetting is one engine of a role as it was set on the page.
type EngineSetting struct {
	ID        string   `json:"id"` // stays when the others change
	Engine    string   `json:"engine"`
	URL       string   `json:"url,omitempty"`
	Model     string   `json:"model,omitempty"`
	Voice     string   `json:"voice,omitempty"`
	Languages []string `json:"languages,omitempty"`
	Preset    string   `json:"preset,omitempty"`
	Price     Price    `json:"price,omitzero"`
	Waits     Waits    `json:"waits,omitzero"`

	Key  string `json:"-"` // sealed at rest
	Lost bool   `json:"-"` // there is a key, and this data folder cannot open it
}

// Price of a model, per million tokens.
type Price struct {
	In       float64 `json:"in,omitempty"`
	Cached   float64 `json:"cached,omitempty"`
	Out      float64 `json:"out,omitempty"`
	Currency string  `json:"currency,omitempty" maxLength:"8"`
}

// Waits are how long a model is waited for, in ms; 0 is the default.
type Waits struct {
	Connect    int `json:"connect_ms,omitempty"`
	FirstToken int `json:"first_token_ms,omitempty"`
	Between    int `json:"between_ms,omitempty"`
}

// EngineRole is the engines of one role, the preferred first.
type EngineRole struct {
	Role    string
	At      time.Time
	By      string
	Engines []EngineSetting
}

type engineRole struct {
	bun.BaseModel `bun:"table:engine_roles"`

	Tenant dialog.TenantID `bun:",pk"`
	Role   string          `bun:",pk"`
	At     int64
	Who    string
	Body   string // JSON of a list of keptEngine; "": the file's
}

type keptEngine struct {
	EngineSetting
	Sealed string `json:"sealed,omitempty"`
}

// Engines are the roles that were set, with their keys. Those that go by the file are not
// among them.
func (s *Store) Engines(ctx context.Context) ([]EngineRole, error) {
	var rows []engineRole
	if err := s.reads(ctx).NewSelect().Model(&rows).Where("tenant = ? AND body <> ''", dialog.DefaultTenant).Order("role").Scan(ctx); err != nil {
		return nil, failure("engines", err)
	}
	out := make([]EngineRole, 0, len(rows))
	for _, r := range rows {
		var kept []keptEngine
		if err := json.Unmarshal([]byte(r.Body), &kept); err != nil {
			return nil, fmt.Errorf("store: engines of %s: %w", r.Role, err)
		}
		role := EngineRole{Role: r.Role, At: when(r.At), By: r.Who, Engines: []EngineSetting{}}
		for _, k := range kept {
			e := k.EngineSetting
			if k.Sealed != "" {
				var err error
				if e.Key, err = s.vault.open(r.Role+"\x00"+k.ID, k.Sealed); err != nil && !errors.Is(err, errSealed) {
					return nil, fmt.Errorf("store: engines of %s: %w", r.Role, err)
				}
				e.Lost = err != nil
			}
			role.Engines = append(role.Engines, e)
		}
		out = append(out, role)
	}
	return out, nil
}

// PutEngines keeps the engines of a role; nil goes back to the file's.
func (s *Store) PutEngines(ctx context.Context, role string, es []EngineSetting, who string) error {
	row := engineRole{Tenant: dialog.DefaultTenant, Role: role, At: micro(time.Now()), Who: who}
	if es != nil {
		kept := make([]keptEngine, len(es))
		for i, e := range es {
			kept[i].EngineSetting = e
			if e.Key == "" {
				continue
			}
			var err error
			if kept[i].Sealed, err = s.vault.seal(role+"\x00"+e.ID, e.Key); err != nil {
				return err
			}
		}
		b, err := json.Marshal(kept)
		if err != nil {
			return fmt.Errorf("store: engines: %w", err)
		}
		row.Body = string(b)
	}
	_, err := s.in(ctx).NewInsert().Model(&row).On("CONFLICT (tenant, role) DO UPDATE").
		Set("at = EXCLUDED.at, who = EXCLUDED.who, body = EXCLUDED.body").Exec(ctx)
	return failure("engines", err)
}
