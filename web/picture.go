package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
)

const (
	maxPictures = 40 << 20 // bytes of a message with pictures
	inMemory    = 1 << 20  // of them; the rest waits in files
	maxFiles    = 6
	uploads     = 32 // messages with pictures that come in at a time
	perAddress  = 4  // of them from one address
)

// arrivals bounds what comes in slowly.
type arrivals struct {
	mu  sync.Mutex
	all int
	by  map[string]int
}

func (a *arrivals) enter(address string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.all >= uploads || a.by[address] >= perAddress {
		return false
	}
	if a.by == nil {
		a.by = map[string]int{}
	}
	a.all++
	a.by[address]++
	return true
}

func (a *arrivals) leave(address string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all--
	if a.by[address]--; a.by[address] <= 0 {
		delete(a.by, address)
	}
}

// Pictures are taken in, kept, and read beside the conversation.
type Pictures interface {
	// Take takes in the pictures of a message. What is wrong with one is an error that has
	// a Sentence(language) for the customer.
	Take(ctx context.Context, id dialog.ConversationID, files []io.Reader) (Taken, error)
	// Open gives a picture, or the small one, and its media type.
	Open(ctx context.Context, id dialog.ConversationID, image string, small bool) (io.ReadSeekCloser, string, error)
	// Look reads the pictures of a message that is kept, and then wakes its conversation.
	Look(id dialog.ConversationID, t dialog.Turn)
}

// Taken is pictures that belong to no message yet.
type Taken interface {
	Images() []dialog.Image
	Keep(ctx context.Context, message dialog.TurnID) error
	Drop()
}

// isPictures tells a message that comes as a form.
func isPictures(r *http.Request) bool {
	return r.Method == http.MethodPost && isForm(r) && strings.HasPrefix(r.URL.Path, "/v1/conversations/") && strings.HasSuffix(r.URL.Path, "/messages")
}

func isForm(r *http.Request) bool {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return kind == "multipart/form-data"
}

// pictures takes messages that come as a form, before once: decoding a picture is too
// long for a transaction.
func (s *Server) pictures(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isPictures(r) || s.o.Pictures == nil {
			next.ServeHTTP(w, r)
			return
		}
		id := dialog.ConversationID(strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/v1/conversations/"), "/messages"))
		if err := s.customer(r.Context(), id); err != nil {
			s.fail(w, err)
			return
		}
		whole := func(_ context.Context, m message) (any, error) { return m, nil }
		if err := s.postPictures(w, r, arrival{id: id, whose: caller(r.Context()).token, answer: whole}); err != nil {
			s.fail(w, err)
		}
	})
}

// arrival is a message with pictures that comes in.
type arrival struct {
	id     dialog.ConversationID
	mute   bool                                              // pictures alone, no words
	whose  string                                            // of an Idempotency-Key
	bind   func(ctx context.Context, pictures int) error     // in the message's transaction; nil: nothing
	answer func(ctx context.Context, m message) (any, error) // likewise: what is answered
}

// bound are pictures of which something else is kept too.
type bound struct {
	Taken
	bind func(ctx context.Context, pictures int) error
}

// Keep implements Taken.
func (b bound) Keep(ctx context.Context, m dialog.TurnID) error {
	if err := b.bind(ctx, len(b.Images())); err != nil {
		return err
	}
	return b.Taken.Keep(ctx, m)
}

func (s *Server) postPictures(w http.ResponseWriter, r *http.Request, in arrival) error {
	ctx, id := r.Context(), in.id
	key := r.Header.Get("Idempotency-Key")
	if len(key) > maxKey {
		return invalid("header.Idempotency-Key", "expected at most 200 characters", nil)
	}
	ip := remoteIP(r)
	if !s.arriving.enter(ip) {
		return huma.Error503ServiceUnavailable(inWords(ctx, "Too many pictures arrive at once; please try again in a moment.", "现在上传图片的人太多，请稍后再试。"))
	}
	defer s.arriving.leave(ip)
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(2 * time.Minute)) // a phone in a tunnel
	text, files, sum, err := form(r)
	if r.MultipartForm != nil {
		defer func() { _ = r.MultipartForm.RemoveAll() }()
	}
	defer func() {
		for _, f := range files {
			_ = f.Close()
		}
	}()
	switch {
	case err != nil:
		return err
	case in.mute && len(files) == 0:
		return invalid("body.image", "expected pictures", nil)
	case in.mute:
		text = ""
	}
	c, err := s.o.Records.Conversation(ctx, id)
	switch {
	case err != nil:
		return err
	case c.State == store.Closed:
		return dialog.ErrClosed
	}
	readers := make([]io.Reader, len(files))
	for i, f := range files {
		readers[i] = f
	}
	taken, err := s.o.Pictures.Take(ctx, id, readers)
	if err != nil {
		return s.refusedPicture(ctx, err)
	}
	kept := false
	defer func() {
		if !kept {
			taken.Drop()
		}
	}()
	if in.bind != nil {
		taken = bound{taken, in.bind}
	}
	later := &deferred{}
	say := func(ctx context.Context) (store.Answer, error) {
		out, err := s.write(context.WithValue(ctx, deferredKey{}, later), id, key, text, taken)
		if err != nil {
			return store.Answer{}, err
		}
		kept = true
		body, err := in.answer(ctx, out.Body)
		switch {
		case err != nil && key == "": // it is kept already, and only how it is answered is not as it should be
			s.o.Logger.Warn("pictures are kept, and their answer is not known", "conversation", id, "err", err)
			body = out.Body
		case err != nil:
			return store.Answer{}, err
		}
		b, err := json.Marshal(body)
		return store.Answer{Status: http.StatusAccepted, Body: string(b)}, err
	}
	var a store.Answer
	if key == "" {
		a, err = say(ctx)
	} else {
		a, _, err = s.o.Records.Once(ctx, in.whose+"\x00"+r.URL.Path+"\x00"+key, "form\x00"+sum, say)
	}
	switch {
	case errors.Is(err, store.ErrRunning):
		w.Header().Set("Retry-After", "1")
		w.Header().Set("Retry-After", "1")
		return huma.Error409Conflict(err.Error())
	case errors.Is(err, dialog.ErrConflict):
		return huma.Error422UnprocessableEntity("this Idempotency-Key was used for another request",
			&huma.ErrorDetail{Location: "header.Idempotency-Key", Message: "used before with another body"})
	case err != nil:
		kept = false
		return err
	}
	later.run(context.WithoutCancel(ctx))
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.Status)
	_, _ = io.WriteString(w, a.Body)
	return nil
}

// form reads the text and the files of a message, and a sum of all of it.
func form(r *http.Request) (text string, files []multipart.File, sum string, err error) {
	var long *http.MaxBytesError
	switch err := r.ParseMultipartForm(inMemory); {
	case errors.As(err, &long):
		return "", nil, "", huma.NewError(http.StatusRequestEntityTooLarge, inWords(r.Context(), "The pictures of one message may have 40 MB together. Please send fewer or smaller ones.", "一条消息的图片合计不能超过40 MB，请少发几张或压缩后再发。"))
	case err != nil:
		return "", nil, "", huma.Error400BadRequest("the body cannot be read: " + err.Error())
	}
	text = strings.TrimSpace(strings.ToValidUTF8(strings.Join(r.MultipartForm.Value["text"], " "), ""))
	if len([]rune(text)) > 8000 {
		return "", nil, "", invalid("body.text", "expected length <= 8000", nil)
	}
	heads := r.MultipartForm.File["image"]
	switch {
	case len(heads) > maxFiles:
		return "", nil, "", invalid("body.image", fmt.Sprintf("expected at most %d pictures in one message", maxFiles), nil)
	case len(heads) == 0 && text == "":
		return "", nil, "", invalid("body", "expected text, pictures, or both", nil)
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q", text)
	for _, head := range heads {
		f, err := head.Open()
		if err != nil {
			return text, files, "", fmt.Errorf("web: %w", err)
		}
		files = append(files, f)
		if _, err := io.Copy(h, f); err != nil {
			return text, files, "", fmt.Errorf("web: %w", err)
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return text, files, "", fmt.Errorf("web: %w", err)
		}
	}
	return text, files, hex.EncodeToString(h.Sum(nil)), nil
}

// refusedPicture says in the customer's language why a picture is not taken.
func (s *Server) refusedPicture(ctx context.Context, err error) error {
	var says interface {
		error
		Sentence(language string) string
	}
	if errors.As(err, &says) {
		return huma.Error422UnprocessableEntity(says.Sentence(caller(ctx).locale), &huma.ErrorDetail{Location: "body.image", Message: says.Error()})
	}
	return err
}

// images registers where pictures are seen.
func (s *Server) images(mux *http.ServeMux, api huma.API) {
	s.raw(mux, api, http.MethodGet, "/v1/conversations/{id}/images/{image}", "get-image", "A picture of the conversation; ?size=small for at most 320 pixels a side",
		wire{out: map[string]string{"200": "image/jpeg image/png", "206": "image/jpeg image/png", "304": "", "416": "text/plain"}}, s.image)
}

func (s *Server) image(w http.ResponseWriter, r *http.Request) error {
	id := dialog.ConversationID(r.PathValue("id"))
	if err := s.may(r.Context(), id); err != nil {
		return err
	}
	if s.o.Pictures == nil {
		return dialog.ErrNotFound
	}
	f, kind, err := s.o.Pictures.Open(r.Context(), id, r.PathValue("image"), r.URL.Query().Get("size") == "small")
	if err != nil {
		return err
	}
	defer f.Close()
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", "inline")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin") // the widget's page; the token opens it, not a cookie
	h.Set("Cache-Control", "private, no-store")
	http.ServeContent(w, r, "", time.Time{}, f)
	return nil
}
