package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"reflect"
	"time"
	_ "time/tzdata" // a bare machine has no zones

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/transcript"
)

// transcriptKinds are the formats' media types.
var transcriptKinds = map[string]string{transcript.Text: "text/plain; charset=utf-8", transcript.HTML: "text/html; charset=utf-8", transcript.JSON: "application/json"}

// transcriptPolicy lets a transcript's own style and pictures be, and nothing else.
var transcriptPolicy = func() string {
	sum := sha256.Sum256([]byte(transcript.Style))
	return "sandbox; default-src 'none'; img-src data:; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; frame-ancestors 'none'"
}()

const (
	transcriptBatch = 200
	maxThumb        = 1 << 20 // bytes of a picture in a transcript
)

// transcripts registers the download of what was said.
func (s *Server) transcripts(mux *http.ServeMux, api huma.API) {
	s.raw(mux, api, http.MethodGet, "/v1/conversations/{id}/transcript", "get-transcript", "What was said, to keep: plain text, a page that needs nothing else, or JSON",
		wire{out: map[string]string{"200": "text/plain text/html application/json"}}, s.transcript)
	op := api.OpenAPI().Paths["/v1/conversations/{id}/transcript"].Get
	op.Responses["200"].Content["application/json"].Schema = api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[transcript.Whole](), true, "Transcript")
	op.Parameters = append(op.Parameters,
		&huma.Param{Name: "format", In: "query", Description: "txt when it is missing", Schema: &huma.Schema{Type: "string", Enum: []any{transcript.Text, transcript.HTML, transcript.JSON}}},
		&huma.Param{Name: "zone", In: "query", Description: "IANA time zone of the times, as Europe/London; UTC when it is missing", Schema: &huma.Schema{Type: "string"}},
		&huma.Param{Name: "language", In: "query", Description: "BCP 47 tag of what is not the parties' own words: en or zh", Schema: &huma.Schema{Type: "string"}})
}

func (s *Server) transcript(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id := dialog.ConversationID(r.PathValue("id"))
	if err := s.may(ctx, id); err != nil {
		return err
	}
	q := r.URL.Query()
	format := q.Get("format")
	if format == "" {
		format = transcript.Text
	}
	kind, ok := transcriptKinds[format]
	if !ok {
		return invalid("query.format", "expected txt, html or json", format)
	}
	zone, err := time.LoadLocation(q.Get("zone"))
	if err != nil || q.Get("zone") == "Local" {
		return invalid("query.zone", "expected an IANA zone, as Asia/Shanghai", q.Get("zone"))
	}
	c, err := s.o.Records.Conversation(ctx, id)
	if err != nil {
		return err
	}
	who := caller(ctx)
	if who.user != nil {
		if err := s.did(ctx, "conversation.transcript", map[string]any{"conversation": id}); err != nil {
			return err
		}
	}
	h := transcript.Head{Conversation: id, Company: s.o.Capabilities().Company, Customer: c.Name(), Started: time.UnixMicro(c.Created), Language: c.Locale, Zone: zone, Mine: who.user == nil}
	if who.locale != "" {
		h.Language = who.locale
	}
	if l := q.Get("language"); l != "" {
		h.Language = l
	}
	ascii, own := h.Name(format)
	head := w.Header()
	head.Set("Content-Type", kind)
	head.Set("Content-Disposition", `attachment; filename="`+ascii+`"; filename*=UTF-8''`+url.PathEscape(own)) // RFC 6266 section 4.3
	head.Set("Content-Security-Policy", transcriptPolicy)
	if r.Method == http.MethodHead {
		return nil
	}
	if err := transcript.Write(w, format, h, s.thumb(ctx, id), s.records(ctx, w, id)); err != nil && ctx.Err() == nil {
		s.o.Logger.Error("transcript not complete", "conversation", id, "err", err)
	}
	return nil
}

// records are all that is kept of a conversation, sent on batch by batch.
func (s *Server) records(ctx context.Context, w http.ResponseWriter, id dialog.ConversationID) iter.Seq2[dialog.Record, error] {
	return func(yield func(dialog.Record, error) bool) {
		out := http.NewResponseController(w)
		for after := int64(0); ; {
			_ = out.SetWriteDeadline(time.Now().Add(writeLimit)) // who reads no more holds nothing up
			rs, err := s.o.Records.Since(ctx, id, after, transcriptBatch)
			if err != nil {
				yield(dialog.Record{}, err)
				return
			}
			for _, r := range rs {
				after = r.Seq
				if !yield(r, nil) {
					return
				}
			}
			if len(rs) < transcriptBatch {
				return
			}
			_ = out.Flush()
		}
	}
}

// thumb gives the small pictures of a conversation.
func (s *Server) thumb(ctx context.Context, id dialog.ConversationID) transcript.Picture {
	if s.o.Pictures == nil {
		return nil
	}
	return func(address string) ([]byte, string, error) {
		f, kind, err := s.o.Pictures.Open(ctx, id, dialog.ImageOf(address), true)
		if err != nil {
			return nil, "", err
		}
		b, err := io.ReadAll(io.LimitReader(f, maxThumb+1))
		if err == nil && len(b) > maxThumb {
			err = errors.New("web: a small picture is too large")
		}
		return b, kind, errors.Join(err, f.Close())
	}
}
