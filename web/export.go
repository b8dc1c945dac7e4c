package web

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog/insight"
)

const (
	exportPath  = "/v1/exports/"
	maxExports  = 2 // at a time, whoever asks
	exportFlush = 200
	exportWrite = time.Minute // that a reader may take for what is flushed
	// RowsHeader tells how many rows an export has, so that its progress can be shown.
	RowsHeader = "Parley-Rows"
)

// exportFormats are media types by format.
var exportFormats = map[string]string{"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}

// exports registers what other programs and tables get of what the reports count.
func (s *Server) exports(mux *http.ServeMux, api huma.API) {
	if s.o.Insight == nil {
		return
	}
	s.raw(mux, api, http.MethodGet, exportPath+"{kind}", "export", "Every conversation, turn, transfer, rating or score of a time, as one stream of rows; "+RowsHeader+" tells how many",
		wire{out: map[string]string{"200": "text/csv application/jsonl"}}, s.export)
	op := api.OpenAPI().Paths[exportPath+"{kind}"].Get
	var kinds []any
	for _, k := range insight.Exports {
		kinds = append(kinds, string(k))
	}
	op.Parameters[0].Schema.Enum = kinds
	text := func(name, about string, enum ...any) {
		op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "query", Description: about, Schema: &huma.Schema{Type: "string", Enum: enum}})
	}
	text("format", "csv when it is missing, or as Accept says", "csv", "jsonl")
	text("from", "the first day, or RFC 3339; absent: thirty days up to the last")
	text("to", "the last day, or RFC 3339 before which; absent: now")
	text("via", "absent: both", "voice", "chat")
	text("language", "absent: all", "en", "zh")
	op.Parameters = append(op.Parameters, &huma.Param{Name: "practice", In: "query", Description: "of practice and generated conversations alone; else of none of them", Schema: &huma.Schema{Type: "boolean"}})
}

// export streams rows. What goes wrong after the first row breaks the stream off: half an
// export is not taken for a whole one.
func (s *Server) export(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	format := q.Get("format")
	if format == "" {
		if format = "csv"; strings.Contains(r.Header.Get("Accept"), "jsonl") || strings.Contains(r.Header.Get("Accept"), "ndjson") {
			format = "jsonl"
		}
	}
	if exportFormats[format] == "" {
		return invalid("query.format", "expected csv or jsonl", format)
	}
	for name, of := range map[string][]string{"via": {"", "voice", "chat"}, "language": {"", "en", "zh"}, "practice": {"", "true", "false"}} {
		if v := q.Get(name); !slices.Contains(of, v) {
			return invalid("query."+name, "expected one of "+strings.Join(of[1:], ", "), v)
		}
	}
	p, _, err := s.period(ctx, ReportInput{From: q.Get("from"), To: q.Get("to"), Via: q.Get("via"), Language: q.Get("language"), Practice: q.Get("practice") == "true"})
	if err != nil {
		return err
	}
	what := insight.Exported(r.PathValue("kind"))
	n, err := s.o.Insight.Count(ctx, what, p)
	if errors.Is(err, insight.ErrNoExport) {
		return huma.Error404NotFound("there is no such export")
	}
	if err != nil {
		return err
	}
	select {
	case s.exporting <- struct{}{}:
		defer func() { <-s.exporting }()
	default:
		w.Header().Set("Retry-After", "10")
		return huma.Error503ServiceUnavailable("other exports are running: try again when they are done")
	}
	if err := s.did(ctx, "export."+string(what), map[string]any{"format": format, "from": p.From.UTC(), "to": p.To.UTC(), "rows": n}); err != nil {
		return err
	}
	head := w.Header()
	head.Set("Content-Type", exportFormats[format])
	head.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", fmt.Sprintf("%s-%s-%s.%s", what, p.From.Format(time.DateOnly), p.To.Add(-time.Second).Format(time.DateOnly), format)))
	head.Set("Cache-Control", "no-store")
	head.Set(RowsHeader, strconv.FormatInt(n, 10))
	out, err := rowsOf(w, format, insight.Blank(what))
	if err != nil {
		return err
	}
	err = s.o.Insight.Export(ctx, what, p, out.put)
	if err == nil {
		err = out.flush()
	}
	if err != nil {
		if ctx.Err() == nil {
			s.o.Logger.Warn("export broken off", "kind", what, "rows", out.n, "err", err)
		}
		panic(http.ErrAbortHandler)
	}
	return nil
}

// rows writes an export.
type rows struct {
	table *csv.Writer // nil: JSON Lines
	lines *json.Encoder
	wire  *http.ResponseController
	n     int
}

// rowsOf begins one, of rows like blank: a table has its columns' names also when it has
// no rows.
func rowsOf(w http.ResponseWriter, format string, blank any) (*rows, error) {
	r := &rows{wire: http.NewResponseController(w)}
	if format == "csv" {
		b, err := json.Marshal(blank)
		if err != nil {
			return nil, err
		}
		names, _, err := fields(b)
		if err != nil {
			return nil, err
		}
		r.table = csv.NewWriter(w)
		r.table.UseCRLF = true // RFC 4180
		return r, r.table.Write(names)
	}
	r.lines = json.NewEncoder(w)
	r.lines.SetEscapeHTML(false)
	return r, nil
}

func (r *rows) put(row any) error {
	r.n++
	if r.table == nil {
		if err := r.lines.Encode(row); err != nil {
			return err
		}
	} else {
		b, err := json.Marshal(row)
		if err != nil {
			return err
		}
		_, values, err := fields(b)
		if err != nil {
			return err
		}
		if err := r.table.Write(values); err != nil {
			return err
		}
	}
	if r.n%exportFlush == 0 {
		return r.flush()
	}
	return nil
}

// flush sends what was written; who does not read it for long gets no more.
func (r *rows) flush() error {
	if err := r.wire.SetWriteDeadline(time.Now().Add(exportWrite)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if r.table != nil {
		if r.table.Flush(); r.table.Error() != nil {
			return r.table.Error()
		}
	}
	if err := r.wire.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}
