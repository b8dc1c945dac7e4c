package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
)

// Setup obeys what is set: bot and engines. It knows what the configuration file says.
type Setup interface {
	// BotBase is what the file says of the bot.
	BotBase() store.BotSettings
	// EngineBase is what the file says of a role, and Complete a list with what comes
	// last without being asked for.
	EngineBase(role string) []store.EngineSetting
	Complete(role string, list []store.EngineSetting) []store.EngineSetting
	// EngineKinds are the engines that a role knows; none: there is no such role yet.
	EngineKinds(role string) []string
	// CheckEngine says what is wrong with an engine.
	CheckEngine(role string, e store.EngineSetting) error
	// Try uses an engine once; what it says is told piece by piece.
	Try(ctx context.Context, role string, e store.EngineSetting, with Trial, piece func(text string)) (Tried, error)
	// Apply makes what is kept what holds, from the next turn on.
	Apply(ctx context.Context) error
}

type botView struct {
	Version  int64             `json:"version" doc:"0: nothing was ever set here"`
	At       *time.Time        `json:"at,omitempty"`
	By       string            `json:"by,omitempty" doc:"user id"`
	Source   string            `json:"source" enum:"file,page" doc:"where the settings are from"`
	Current  bool              `json:"current"`
	Settings store.BotSettings `json:"settings"`
}

type botOutput struct{ Body botView }

type putBotInput struct {
	Body struct {
		Settings store.BotSettings `json:"settings"`
	}
}

type botVersionsInput struct {
	Cursor int64 `query:"cursor" minimum:"0"`
	Limit  int   `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type botVersionsOutput struct {
	Body struct {
		Items []botView `json:"items"`
		Next  int64     `json:"next,omitempty"`
	}
}

type restoreBotInput struct {
	Body struct {
		Version int64 `json:"version" minimum:"0" doc:"0: what the configuration file says"`
	}
}

// bot registers its settings.
func (s *Server) bot(api huma.API) {
	if s.o.Setup == nil {
		return
	}
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"Bot"}}
	}
	huma.Register(api, op("get-bot", http.MethodGet, "/v1/bot", "The bot's settings"), s.getBot)
	huma.Register(api, op("put-bot", http.MethodPut, "/v1/bot", "Set the bot's settings: makes a version, and holds from the next turn on"), s.putBot)
	huma.Register(api, op("bot-versions", http.MethodGet, "/v1/bot/versions", "Every version, newest first"), s.botVersions)
	huma.Register(api, op("restore-bot", http.MethodPost, "/v1/bot/restore", "Make an old version the newest"), s.restoreBot)
}

func (s *Server) viewBot(v store.BotVersion) botView {
	out := botView{Version: v.Version, By: v.By, Source: "file"}
	if v.Version > 0 {
		out.At = &v.At
	}
	if v.Settings != nil {
		out.Source, out.Settings = "page", *v.Settings
	} else {
		out.Settings = s.o.Setup.BotBase()
	}
	return out
}

func (s *Server) getBot(ctx context.Context, _ *struct{}) (*botOutput, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	v, err := s.o.Records.Bot(ctx)
	if err != nil {
		return nil, s.noted(err)
	}
	out := &botOutput{s.viewBot(v)}
	out.Body.Current = true
	return out, nil
}

func (s *Server) putBot(ctx context.Context, in *putBotInput) (*botOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	if err := checkBot(in.Body.Settings); err != nil {
		return nil, err
	}
	v, err := s.o.Records.PutBot(ctx, &in.Body.Settings, caller(ctx).user.ID)
	return s.newBot(ctx, v, err, "bot.put")
}

func (s *Server) restoreBot(ctx context.Context, in *restoreBotInput) (*botOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	v, err := s.o.Records.RestoreBot(ctx, in.Body.Version, caller(ctx).user.ID)
	return s.newBot(ctx, v, err, "bot.restore", in.Body.Version)
}

func (s *Server) newBot(ctx context.Context, v store.BotVersion, err error, what string, from ...int64) (*botOutput, error) {
	if errors.Is(err, dialog.ErrConflict) {
		return nil, huma.Error409Conflict("somebody else has just changed the settings; look at theirs first")
	} else if err != nil {
		return nil, s.noted(err)
	}
	data := map[string]any{"version": v.Version}
	if len(from) > 0 {
		data["from"] = from[0]
	}
	if err := s.did(ctx, what, data); err != nil {
		return nil, err
	}
	s.apply(ctx)
	out := &botOutput{s.viewBot(v)}
	out.Body.Current = true
	return out, nil
}

// apply lets the server obey once the change is kept.
func (s *Server) apply(ctx context.Context) {
	after(ctx, func(ctx context.Context) {
		if err := s.o.Setup.Apply(context.WithoutCancel(ctx)); err != nil { // it is kept: the server looks again by itself
			s.o.Logger.Error("settings are not applied", "err", err)
		}
	})
}

func (s *Server) botVersions(ctx context.Context, in *botVersionsInput) (*botVersionsOutput, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	now, err := s.o.Records.Bot(ctx)
	if err != nil {
		return nil, s.noted(err)
	}
	vs, err := s.o.Records.BotVersions(ctx, in.Cursor, in.Limit+1)
	if err != nil {
		return nil, s.noted(err)
	}
	out := &botVersionsOutput{}
	out.Body.Items = []botView{}
	for i, v := range vs {
		if i == in.Limit {
			out.Body.Next = vs[i-1].Version
			return out, nil
		}
		view := s.viewBot(v)
		view.Current = v.Version == now.Version
		out.Body.Items = append(out.Body.Items, view)
	}
	base := s.viewBot(store.BotVersion{}) // what was there before anything was set
	base.Current = now.Version == 0
	out.Body.Items = append(out.Body.Items, base)
	return out, nil
}
