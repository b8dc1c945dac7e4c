package web

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// csp lets our pages work and nothing else.
const csp = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' ws: wss:; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

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
		_ = json.NewEncoder(w).Encode(map[string]any{"ready": len(reasons) == 0, "reasons": reasons})
	})
	if s.o.Metrics != nil {
		mux.Handle("GET /metrics", s.o.Metrics)
	}
	mux.HandleFunc("GET /docs", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'self'")
		_, _ = w.Write([]byte(docsPage))
	})
	mux.HandleFunc("GET /docs.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write([]byte(docsScript))
	})
	if s.o.Pages != nil {
		mux.HandleFunc("GET /", s.page)
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

const docsPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Parley API</title>
<meta name="viewport" content="width=device-width">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#16212b}
h1{font-size:1.5rem}article{border:1px solid #dde5e8;border-radius:8px;padding:.75rem 1rem;margin:.5rem 0}
code{font:600 .95rem ui-monospace,monospace}b{display:inline-block;min-width:4.5rem;color:#0b7285}
pre{background:#f4f8f9;padding:.75rem;border-radius:6px;overflow:auto;font-size:.85rem}</style>
<h1>Parley API</h1><p>The same as <a href="/openapi.json">OpenAPI 3.1</a>.</p><main id="list">…</main><script src="/docs.js"></script></html>`

const docsScript = `fetch('/openapi.json').then(r=>r.json()).then(api=>{
const list=document.getElementById('list');list.textContent='';
for(const [path,ops] of Object.entries(api.paths))for(const [method,op] of Object.entries(ops)){
if(!op.operationId)continue;
const a=document.createElement('article'),h=document.createElement('div'),m=document.createElement('b'),c=document.createElement('code'),p=document.createElement('p');
m.textContent=method.toUpperCase();c.textContent=path;h.append(m,c);p.textContent=op.summary||'';a.append(h,p);
const body=op.requestBody?.content?.['application/json']?.schema;
if(body){const pre=document.createElement('pre');const ref=body.$ref?.split('/').pop();pre.textContent=JSON.stringify(ref?api.components.schemas[ref]:body,null,2);a.append(pre)}
list.append(a)}})`
