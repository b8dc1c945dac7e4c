package web

import (
	_ "embed" // the pages of the description
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// csp lets our pages work and nothing else.
const csp = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' ws: wss:; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

// The page that shows the description, which loads nothing from elsewhere.
var (
	//go:embed docs/index.html
	docsPage []byte
	//go:embed docs/docs.js
	docsScript []byte
)

// operators registers what looks after the server, and the pages.
func (s *Server) operators(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = w.Write([]byte("ok\n"))
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		reasons := s.o.Ready(r.Context())
		w.Header().Set("Content-Type", "application/json")
		if len(reasons) > 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
		} else {
			reasons = []string{}
		}
		degraded := s.o.Degraded(r.Context())
		if degraded == nil {
			degraded = []string{}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"ready": len(reasons) == 0, "reasons": reasons, "degraded": degraded})
	})
	if s.o.Metrics != nil {
		mux.Handle("GET /metrics", s.o.Metrics)
	}
	mux.HandleFunc("GET /docs", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'self'")
		_, _ = w.Write(docsPage)
	})
	mux.HandleFunc("GET /docs.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write(docsScript)
	})
	if s.o.Pages != nil {
		mux.HandleFunc("GET /", s.page)
		if w := newWidget(s.o.Pages); w != nil {
			mux.Handle("GET /widget.js", w)
		}
	}
}

// page serves the built pages; what has no file is the application's own path.
func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if strings.HasPrefix(name, "v1/") || name == "v1" {
		refuse(w, http.StatusNotFound, "there is no such call; see /docs")
		return
	}
	if i, err := fs.Stat(s.o.Pages, name); name == "" || err != nil || i.IsDir() {
		if name != "" && path.Ext(name) != "" {
			http.NotFound(w, r)
			return
		}
		name = s.shell(name)
	}
	w.Header().Set("Content-Security-Policy", csp)
	w.Header().Set("Permissions-Policy", "microphone=(self), camera=(self)")
	if strings.HasPrefix(name, "assets/") {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		w.Header().Set("Cache-Control", "no-cache")
	}
	http.ServeFileFS(w, r, s.o.Pages, name)
}

// shell is the page whose script knows a path: /admin and what is below it have their own.
func (s *Server) shell(name string) string {
	first, _, _ := strings.Cut(name, "/")
	if _, err := fs.Stat(s.o.Pages, first+".html"); first != "" && err == nil {
		return first + ".html"
	}
	return "index.html"
}
