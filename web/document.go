package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog/knowledge"
	"parley/dialog/store"
)

// maxUpload bounds a body that carries a file, in bytes.
const maxUpload = 33 << 20

// upload says that an operation takes JSON or a form with a file.
func upload(op huma.Operation) huma.Operation {
	op.MaxBodyBytes, op.BodyReadTimeout = maxUpload, 2*time.Minute
	fields := map[string]*huma.Schema{"file": {Type: "string", Format: "binary", Description: "PDF, DOCX, PPTX, XLSX, CSV, HTML, Markdown, text, at most 32 MB"}}
	for _, f := range []string{"title", "language", "audience", "valid_from", "valid_until"} {
		fields[f] = &huma.Schema{Type: "string"}
	}
	fields["draft"] = &huma.Schema{Type: "boolean"}
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/json":    {Schema: huma.SchemaFromType(huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer), reflect.TypeFor[newDocument]())},
		"multipart/form-data": {Schema: &huma.Schema{Type: "object", Properties: fields, Required: []string{"file"}}},
	}}
	op.SkipValidateBody = true // see given
	return op
}

type addInput struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"200" doc:"the same key again gives the first answer"` // see once
	ContentType    string `header:"Content-Type"`
	RawBody        []byte
}

type putInput struct {
	ID          string `path:"id" maxLength:"400"`
	ContentType string `header:"Content-Type"`
	RawBody     []byte
}

// given reads a body, JSON or a form.
func given(contentType string, body []byte) (d newDocument, err error) {
	kind, params, err := mime.ParseMediaType(contentType)
	switch {
	case err != nil, kind != "application/json" && kind != "multipart/form-data":
		return d, huma.Error415UnsupportedMediaType("expected application/json or multipart/form-data")
	case kind == "multipart/form-data":
		err = d.form(multipart.NewReader(bytes.NewReader(body), params["boundary"]))
	default:
		j := json.NewDecoder(bytes.NewReader(body))
		j.DisallowUnknownFields()
		if err = j.Decode(&d); err == nil && j.More() {
			err = errors.New("there is more than one value")
		}
		var wrong *json.UnmarshalTypeError
		switch {
		case errors.As(err, &wrong):
			return d, invalid("body."+wrong.Field, "expected "+wrong.Type.String(), nil)
		case err != nil && strings.Contains(err.Error(), "unknown field"):
			return d, invalid("body", strings.TrimPrefix(err.Error(), "json: "), nil)
		}
	}
	if err != nil {
		return d, huma.Error400BadRequest("the body cannot be read: " + err.Error())
	}
	n := 0
	for _, is := range []bool{d.Text != nil, d.URL != nil, d.file != nil} {
		if is {
			n++
		}
	}
	if n > 1 {
		return d, invalid("body", "expected one of file, url and text", nil)
	}
	return d, nil
}

// form reads the parts of a form.
func (d *newDocument) form(r *multipart.Reader) error {
	for range 50 {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		b, err := io.ReadAll(p)
		if err != nil {
			return err
		}
		v := string(b)
		switch p.FormName() {
		case "file":
			if d.file != nil {
				return errors.New("there is more than one file")
			}
			d.name, d.file = p.FileName(), append([]byte{}, b...)
		case "title":
			d.Title = &v
		case "text":
			d.Text = &v
		case "url":
			d.URL = &v
		case "language":
			d.Language = &v
		case "audience":
			d.Audience = &v
		case "valid_from":
			d.ValidFrom = &v
		case "valid_until":
			d.ValidUntil = &v
		case "draft":
			d.Draft = v == "true" || v == "1" || v == "on"
		}
	}
	return errors.New("the form has too many parts")
}

func (s *Server) addDocument(ctx context.Context, in *addInput) (*documentOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	d, err := given(in.ContentType, in.RawBody)
	if err != nil {
		return nil, err
	}
	if d.Text == nil && d.URL == nil && d.file == nil {
		return nil, invalid("body", "expected one of file, url and text", nil)
	}
	return s.take(ctx, knowledge.NewID(), "document.add", d)
}

func (s *Server) putDocument(ctx context.Context, in *putInput) (*documentOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	d, err := given(in.ContentType, in.RawBody)
	if err != nil {
		return nil, err
	}
	if _, err := s.o.Knowledge.Get(ctx, in.ID); err != nil {
		return nil, s.trouble(err)
	}
	return s.take(ctx, in.ID, "document.change", d)
}

// take gives the knowledge what was given.
func (s *Server) take(ctx context.Context, id, what string, d newDocument) (*documentOutput, error) {
	in, err := d.input(caller(ctx).user.ID)
	if err != nil {
		return nil, err
	}
	var doc store.Document
	changed := true
	switch {
	case d.file != nil:
		doc, changed, err = s.o.Knowledge.PutFile(ctx, id, d.name, d.file, in)
	case d.URL != nil:
		doc, err = s.o.Knowledge.PutURL(ctx, id, strings.TrimSpace(*d.URL), in)
	default:
		doc, changed, err = s.o.Knowledge.Put(ctx, id, in)
	}
	if err != nil {
		return nil, s.trouble(err)
	}
	if changed {
		if err := s.audited(ctx, what, map[string]any{"document": doc.ID, "title": doc.Title, "draft": d.Draft, "version": doc.Version}); err != nil {
			return nil, err
		}
	}
	return &documentOutput{viewOf(s.o.Knowledge.Info(doc))}, nil
}

// bodyLimit bounds a request's body: those that may carry a file, sent by staff, more.
func bodyLimit(r *http.Request, w who) int64 {
	if w.user != nil && strings.HasPrefix(r.URL.Path, "/v1/knowledge/documents") && (r.Method == http.MethodPost || r.Method == http.MethodPut) {
		return maxUpload
	}
	if w.user != nil && strings.HasPrefix(r.URL.Path, "/v1/engines/") {
		return maxTrial
	}
	if w.conversation != "" && isPictures(r) {
		return maxPictures
	}
	return maxBody
}
