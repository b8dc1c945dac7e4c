package web

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/rag/read"
	"parley/dialog/recommend"
	"parley/dialog/store"
)

// Shelf keeps what the company sells, what customers do on its pages, and what they were told
// of; *store.Store is one.
type Shelf interface {
	Products(ctx context.Context) (store.ProductList, error)
	PutProducts(ctx context.Context, ps []recommend.Product, by string) (store.ProductList, error)
	Behave(ctx context.Context, id dialog.ConversationID, events ...recommend.Event) error
	Recommendations(ctx context.Context, id dialog.ConversationID) ([]store.Recommendation, error)
	Recommended(ctx context.Context, id dialog.ConversationID, product, name, who string, state recommend.State) error
}

// Advise makes out what a conversation's customer needs, and which products fit. Sold are all
// that the company sells.
type Advise interface {
	Advise(ctx context.Context, id dialog.ConversationID) (recommend.Advice, error)
	Sold(ctx context.Context) (*recommend.Catalogue, error)
	Renew() // the list has changed
}

const (
	maxEventText = 200
	maxCatalogue = 4 << 20 // bytes
)

type pageEvent struct {
	Type    recommend.Kind `json:"type" enum:"page.viewed,product.viewed,searched,cart.added,cart.removed,purchased"`
	Product string         `json:"product,omitempty" maxLength:"200" doc:"its id, of what is not a page or a search"`
	Text    string         `json:"text,omitempty" maxLength:"2000" doc:"what was searched for; of a page its title; 200 bytes of it are kept"`
	At      time.Time      `json:"at,omitempty" doc:"absent: now"`
}

type pageEventsInput struct {
	ID   dialog.ConversationID `path:"id" maxLength:"100"`
	Body struct {
		Events []pageEvent `json:"events" minItems:"1" maxItems:"50"`
	}
}

type recommendedView struct {
	Product string          `json:"product"`
	Name    string          `json:"name"`
	By      string          `json:"by,omitempty" doc:"user id; absent: the bot"`
	State   recommend.State `json:"state" enum:"offered,interested,refused,taken"`
	At      time.Time       `json:"at"`
	Changed time.Time       `json:"changed_at"`
}

type needOutput struct {
	Body struct {
		recommend.Advice
		Recommended []recommendedView `json:"recommended" doc:"what the customer was told of already"`
	}
}

type recommendedInput struct {
	ID   dialog.ConversationID `path:"id" maxLength:"100"`
	Body struct {
		Product string          `json:"product" minLength:"1" maxLength:"200" doc:"id"`
		State   recommend.State `json:"state,omitempty" enum:"offered,interested,refused,taken" doc:"absent: offered"`
	}
}

type productsOutput struct {
	Body struct {
		Version int64               `json:"version" doc:"0: nothing was ever set here"`
		At      *time.Time          `json:"at,omitempty"`
		By      string              `json:"by,omitempty" doc:"user id"`
		Items   []recommend.Product `json:"items"`
	}
}

type putProductsInput struct {
	RawBody []byte
}

// recommending registers what a customer needs and what fits.
func (s *Server) recommending(api huma.API) {
	if s.o.Shelf == nil || s.o.Advise == nil {
		return
	}
	huma.Register(api, huma.Operation{OperationID: "page-events", Method: http.MethodPost, Path: "/v1/conversations/{id}/page-events",
		Summary: "What the customer did on the site's pages; the last 200 are kept", DefaultStatus: http.StatusNoContent}, s.pageEvents)
	huma.Register(api, huma.Operation{OperationID: "get-need", Method: http.MethodGet, Path: "/v1/conversations/{id}/need", Tags: []string{"Desk"},
		Summary: "What the customer needs, in one line with the evidence, and up to three products that fit"}, s.need)
	huma.Register(api, huma.Operation{OperationID: "recommended", Method: http.MethodPost, Path: "/v1/conversations/{id}/recommendations", Tags: []string{"Desk"},
		Summary: "Notes that the customer was told of a product, or what became of it", DefaultStatus: http.StatusNoContent}, s.recommended)
	huma.Register(api, huma.Operation{OperationID: "get-products", Method: http.MethodGet, Path: "/v1/products", Tags: []string{"Bot"},
		Summary: "What the company sells"}, s.getProducts)
	put := huma.Operation{OperationID: "put-products", Method: http.MethodPut, Path: "/v1/products", Tags: []string{"Bot"}, MaxBodyBytes: maxCatalogue, BodyReadTimeout: time.Minute, SkipValidateBody: true,
		Summary: "Replace what the company sells: a table of comma or tab separated values with a header, or a JSON array; all of it or nothing"}
	put.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"text/csv":         {Schema: &huma.Schema{Type: "string", Description: "columns id, language, name, text; and price, url, category; for and with hold several, separated by semicolons"}},
		"application/json": {Schema: huma.SchemaFromType(huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer), reflect.TypeFor[[]recommend.Product]())},
	}}
	huma.Register(api, put, s.putProducts)
}

func (s *Server) pageEvents(ctx context.Context, in *pageEventsInput) (*struct{}, error) {
	if err := s.may(ctx, in.ID); err != nil {
		return nil, err
	}
	now := s.o.Now()
	events := make([]recommend.Event, 0, len(in.Body.Events))
	for _, e := range in.Body.Events {
		about := e.Type != recommend.PageViewed && e.Type != recommend.Searched
		if about && strings.TrimSpace(e.Product) == "" {
			return nil, invalid("body.events.product", "expected the id of the product", e.Type)
		}
		if !about && strings.TrimSpace(e.Text) == "" {
			return nil, invalid("body.events.text", "expected what was searched for, or the page's title", e.Type)
		}
		x := recommend.Event{Kind: e.Type, At: e.At}
		if about {
			x.Product = e.Product
		} else {
			x.Text = line(e.Text, maxEventText)
		}
		if x.At.IsZero() || x.At.After(now) || now.Sub(x.At) > 30*24*time.Hour {
			x.At = now
		}
		x.At = x.At.UTC()
		events = append(events, x)
	}
	slices.SortStableFunc(events, func(a, b recommend.Event) int { return a.At.Compare(b.At) })
	return nil, s.noted(s.o.Shelf.Behave(ctx, in.ID, events...))
}

// line is a text in one line of at most so many bytes.
func line(text string, most int) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	for len(text) > most {
		_, n := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-n]
	}
	return text
}

// forStaff lets whoever may see a conversation at the desk pass.
func (s *Server) forStaff(ctx context.Context, id dialog.ConversationID) error {
	if err := s.rank(ctx, store.Agent); err != nil {
		return err
	}
	return s.sees(ctx, *caller(ctx).user, id)
}

func (s *Server) need(ctx context.Context, in *conversationInput) (*needOutput, error) {
	if err := s.forStaff(ctx, in.ID); err != nil {
		return nil, err
	}
	a, err := s.o.Advise.Advise(ctx, in.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	rs, err := s.o.Shelf.Recommendations(ctx, in.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	out := &needOutput{}
	out.Body.Advice, out.Body.Recommended = a, []recommendedView{}
	for _, r := range rs {
		out.Body.Recommended = append(out.Body.Recommended, recommendedView{r.Product, r.Name, r.Who, r.State, time.UnixMicro(r.At).UTC(), time.UnixMicro(r.Changed).UTC()})
	}
	return out, nil
}

func (s *Server) recommended(ctx context.Context, in *recommendedInput) (*struct{}, error) {
	if err := s.forStaff(ctx, in.ID); err != nil {
		return nil, err
	}
	sold, err := s.o.Advise.Sold(ctx)
	if err != nil {
		return nil, s.noted(err)
	}
	c, err := s.o.Records.Conversation(ctx, in.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	p, _, ok := sold.In(in.Body.Product, c.Locale)
	if !ok {
		return nil, invalid("body.product", "expected the id of a product that the company sells", in.Body.Product)
	}
	if in.Body.State == "" {
		in.Body.State = recommend.Offered
	}
	return nil, s.noted(s.o.Shelf.Recommended(ctx, in.ID, p.ID, p.Name, caller(ctx).user.ID, in.Body.State))
}

func (s *Server) getProducts(ctx context.Context, _ *struct{}) (*productsOutput, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	l, err := s.o.Shelf.Products(ctx)
	if err != nil {
		return nil, s.noted(err)
	}
	out := &productsOutput{}
	out.Body.Version, out.Body.By, out.Body.Items = l.Version, l.By, l.Products
	if l.Version > 0 {
		out.Body.At = &l.At
	} else {
		c, err := s.o.Advise.Sold(ctx)
		if err != nil {
			return nil, s.noted(err)
		}
		out.Body.Items = c.Products()
	}
	if out.Body.Items == nil {
		out.Body.Items = []recommend.Product{}
	}
	return out, nil
}

func (s *Server) putProducts(ctx context.Context, in *putProductsInput) (*productsOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	text, _, err := read.Decode(in.RawBody)
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	ps, err := recommend.Parse(text)
	if err == nil {
		var l store.ProductList
		if l, err = s.o.Shelf.PutProducts(ctx, ps, caller(ctx).user.ID); err == nil {
			if err := s.did(ctx, "products.put", map[string]any{"version": l.Version, "products": len(ps)}); err != nil {
				return nil, err
			}
			after(ctx, func(context.Context) { s.o.Advise.Renew() })
			out := &productsOutput{}
			out.Body.Version, out.Body.At, out.Body.By, out.Body.Items = l.Version, &l.At, l.By, l.Products
			return out, nil
		}
	}
	var wrong recommend.Problems
	if !errors.As(err, &wrong) {
		return nil, s.noted(err)
	}
	var details []error
	for _, p := range wrong {
		details = append(details, &huma.ErrorDetail{Location: "body", Message: p.Text, Value: p.Row})
	}
	return nil, huma.Error422UnprocessableEntity("the products cannot be used", details...)
}
