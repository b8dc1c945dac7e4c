package serve

import (
	"context"
	"sync"
	"time"

	"parley/dialog"
	"parley/dialog/demo"
	"parley/dialog/recommend"
)

// shelf is what the company sells, as it was kept a moment ago.
type shelf struct {
	s *server

	mu      sync.Mutex
	looked  time.Time
	version int64
	sold    *recommend.Catalogue
}

// shelfAge is how long another node's list may go unnoticed.
const shelfAge = 2 * time.Second

// Sold implements web.Advise. A demo company sells its own until a list is set.
func (h *shelf) Sold(ctx context.Context) (*recommend.Catalogue, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.sold != nil && time.Since(h.looked) < shelfAge {
		return h.sold, nil
	}
	v, err := h.s.store.ProductsVersion(ctx)
	if err != nil {
		return nil, err
	}
	if h.sold == nil || v != h.version {
		l, err := h.s.store.Products(ctx)
		if err != nil {
			return nil, err
		}
		if l.Version == 0 && h.s.c.Demo {
			l.Products = demo.Products()
		}
		h.sold, h.version = recommend.NewCatalogue(l.Products), l.Version
	}
	h.looked = time.Now()
	return h.sold, nil
}

// Renew implements web.Advise.
func (h *shelf) Renew() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.looked = time.Time{}
}

// sells gives it, and what a conversation's customer did on the company's pages.
func (h *shelf) sells(ctx context.Context, id dialog.ConversationID) (*recommend.Catalogue, []recommend.Event, error) {
	c, err := h.Sold(ctx)
	if err != nil || c.Len() == 0 {
		return c, nil, err
	}
	events, err := h.s.store.Behaviour(ctx, id)
	return c, events, err
}

// Advise implements web.Advise.
func (h *shelf) Advise(ctx context.Context, id dialog.ConversationID) (recommend.Advice, error) {
	c, err := h.s.sofar(ctx, id)
	if err != nil {
		return recommend.Advice{}, err
	}
	return h.s.mind.advise(ctx, c)
}
