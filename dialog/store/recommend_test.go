package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"parley/dialog/recommend"
	"parley/dialog/store"
)

func TestWhatIsSoldHasVersions(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		if p, err := s.Products(ctx); err != nil || p.Version != 0 || p.Products != nil {
			t.Fatalf("%+v, %v", p, err)
		}
		bag := recommend.Product{ID: "bag", Language: "en", Name: "Bag", Text: "It is big.", For: []string{"travel"}}
		for version := int64(1); version < 3; version++ {
			if p, err := s.PutProducts(ctx, []recommend.Product{bag}, "usr_1"); err != nil || p.Version != version {
				t.Fatalf("%+v, %v", p, err)
			}
		}
		if _, err := s.PutProducts(ctx, []recommend.Product{bag, bag}, "usr_1"); !errors.As(err, new(recommend.Problems)) {
			t.Error("twice the same: ", err)
		}
		p, err := s.Products(ctx)
		if v, e := s.ProductsVersion(ctx); e != nil || v != 2 || err != nil || p.Version != 2 || p.By != "usr_1" || len(p.Products) != 1 || p.Products[0].For[0] != "travel" {
			t.Errorf("%d %v: %+v, %v", v, e, p, err)
		}
	})
}

func TestBehaviour(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		id, _, err := s.Create(ctx, store.NewConversation{})
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for n := range 5 { // five tabs
			wg.Go(func() {
				for k := range 10 {
					if err := s.Behave(ctx, id, recommend.Event{Kind: recommend.ProductViewed, Product: fmt.Sprint(n, k), At: time.Now()}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if all, err := s.Behaviour(ctx, id); err != nil || len(all) != 50 {
			t.Fatalf("%d of 50 events kept, %v", len(all), err)
		}
		var many []recommend.Event
		for range store.MaxBehaviour {
			many = append(many, recommend.Event{Kind: recommend.PageViewed})
		}
		if err := s.Behave(ctx, id, append(many, recommend.Event{Kind: recommend.Searched, Text: "last"})...); err != nil {
			t.Fatal(err)
		}
		if all, err := s.Behaviour(ctx, id); err != nil || len(all) != store.MaxBehaviour || all[len(all)-1].Text != "last" {
			t.Errorf("%d events, %v", len(all), err)
		}
	})
}

func TestRecommendations(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		id, _, err := s.Create(ctx, store.NewConversation{})
		if err != nil {
			t.Fatal(err)
		}
		told := func(product, who string, state recommend.State) {
			t.Helper()
			if err := s.Recommended(ctx, id, product, "The "+product, who, state); err != nil {
				t.Fatal(err)
			}
		}
		told("bag", "", recommend.Offered)
		told("bag", "", recommend.Interested)
		told("bag", "usr_1", recommend.Offered) // named once more: it is the same
		told("pen", "usr_1", recommend.Offered)
		told("hat", "", recommend.Offered)
		told("hat", "", recommend.Refused)
		told("cup", "", recommend.Offered)
		told("cup", "", recommend.Unheard)
		told("bag", "", recommend.Unheard) // it was answered: it was heard
		if err := s.Behave(ctx, id, recommend.Event{Kind: recommend.CartAdded, Product: "pen"}, recommend.Event{Kind: recommend.ProductViewed, Product: "bag"}); err != nil {
			t.Fatal(err)
		}
		told("pen", "", recommend.Refused) // too late: it is in the cart
		rs, err := s.Recommendations(ctx, id)
		if err != nil || len(rs) != 3 {
			t.Fatalf("%+v, %v", rs, err)
		}
		for i, want := range []store.Recommendation{{Product: "bag", State: recommend.Interested}, {Product: "pen", Who: "usr_1", State: recommend.Taken}, {Product: "hat", State: recommend.Refused}} {
			if r := rs[i]; r.Product != want.Product || r.Who != want.Who || r.State != want.State {
				t.Errorf("%+v, want %+v", r, want)
			}
		}
		if _, err := s.Forget(ctx, id, "customer"); err != nil {
			t.Fatal(err)
		}
		if rs, err := s.Recommendations(ctx, id); err != nil || len(rs) != 0 {
			t.Errorf("after forgetting: %+v, %v", rs, err)
		}
		if all, err := s.Behaviour(ctx, id); err != nil || len(all) != 0 {
			t.Errorf("after forgetting: %+v, %v", all, err)
		}
	})
}
