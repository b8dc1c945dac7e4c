package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
	"parley/web/linkpage"
)

// linkPath is where the links lead that phones are sent. What follows is a secret.
const linkPath = "/p/"

// Links let whoever has one send pictures into its conversation; *store.Store has them.
type Links interface {
	// LinkBy gives the link of a token: dialog.ErrNotFound, or dialog.ErrClosed when it has ended.
	LinkBy(ctx context.Context, token string) (store.Link, error)
	// UseLink counts pictures; dialog.ErrClosed when so many do not come by it any more.
	UseLink(ctx context.Context, token string, pictures int) error
}

// unlinked is a path for the log.
func unlinked(path string) string {
	if strings.HasPrefix(path, linkPath) {
		return linkPath + "…"
	}
	return path
}

// links serves the page behind a link, and takes its pictures. A link opens nothing else:
// who follows it reads nothing of the conversation.
func (s *Server) links(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, ok := strings.CutPrefix(r.URL.Path, linkPath)
		if !ok || s.o.Links == nil || s.o.Pictures == nil {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer")
		if !s.limit.take(remoteIP(r), r.Method, r.URL.Path) {
			w.Header().Set("Retry-After", "10")
			refuse(w, http.StatusTooManyRequests, "too many requests from this address; please wait a moment")
			return
		}
		l, err := s.link(r.Context(), token)
		switch r.Method {
		case http.MethodGet, http.MethodHead:
			err = s.linkPage(w, r, l, err)
		case http.MethodPost:
			if err == nil {
				err = s.postLinked(w, r, l, token)
			}
			if ended(err) {
				err = gone()
			}
		default:
			w.Header().Set("Allow", "GET, POST")
			err = huma.NewError(http.StatusMethodNotAllowed, "this path knows GET, POST")
		}
		if err != nil {
			s.fail(w, err)
		}
	})
}

// ended reports whether an error says that a link leads nowhere: any more, or ever.
func ended(err error) bool {
	return errors.Is(err, dialog.ErrClosed) || errors.Is(err, dialog.ErrNotFound)
}

func gone() error { return huma.Error410Gone("this link has ended, or does not take so many pictures") }

// link finds a link of a conversation that is not over.
func (s *Server) link(ctx context.Context, token string) (store.Link, error) {
	if len(token) > 100 {
		return store.Link{}, dialog.ErrNotFound
	}
	l, err := s.o.Links.LinkBy(ctx, token)
	if err != nil {
		return l, err
	}
	c, err := s.o.Records.Conversation(ctx, l.Conversation)
	if err == nil && c.State == store.Closed {
		err = dialog.ErrClosed
	}
	return l, err
}

func (s *Server) linkPage(w http.ResponseWriter, r *http.Request, l store.Link, err error) error {
	p := linkpage.Page{Language: l.Language, Company: s.o.Capabilities().Company, Left: store.MaxLinked - l.Used}
	switch {
	case ended(err):
		if p.Over = true; p.Language == "" {
			p.Language = r.Header.Get("Accept-Language")
		}
		return p.Write(w, http.StatusGone)
	case err != nil:
		return err
	}
	return p.Write(w, http.StatusOK)
}

// linked is what the page is told: how many pictures may still come.
type linked struct {
	Left int `json:"left"`
}

func (s *Server) postLinked(w http.ResponseWriter, r *http.Request, l store.Link, token string) error {
	if !isForm(r) {
		return huma.Error415UnsupportedMediaType("expected Content-Type multipart/form-data")
	}
	ctx := context.WithValue(r.Context(), whoKey{}, who{conversation: l.Conversation, locale: l.Language, ip: remoteIP(r)})
	q := r.WithContext(ctx)
	q.Body = http.MaxBytesReader(w, r.Body, maxPictures)
	return s.postPictures(w, q, arrival{id: l.Conversation, whose: "link " + token, mute: true,
		bind: func(ctx context.Context, pictures int) error {
			err := s.o.Links.UseLink(ctx, token, pictures)
			if ended(err) {
				return gone()
			}
			return err
		},
		answer: func(ctx context.Context, _ message) (any, error) {
			now, err := s.o.Links.LinkBy(ctx, token)
			if err != nil && !ended(err) {
				return nil, err
			}
			return linked{store.MaxLinked - now.Used}, nil
		}})
}
