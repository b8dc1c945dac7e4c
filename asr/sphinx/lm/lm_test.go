package lm

import (
	"bytes"
	"math"
	"strings"
	"testing"
)

var sentences = []string{"Where is my order?", "Where is the parcel?", "How much is delivery?", "My order is late.", "订单在哪里"}

func TestProbabilitiesAddUp(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, sentences); err != nil {
		t.Fatal(err)
	}
	s := b.String()
	for _, want := range []string{"\\data\\", "ngram 3=", "\\end\\", " where is my", " </s>"} {
		if !strings.Contains(s, want) {
			t.Errorf("no %q in\n%s", want, s)
		}
	}
	m := &model{}
	m.orders = [3]map[history]*counts{{}, {}, {}}
	for _, x := range []struct {
		order int
		h     history
		word  string
	}{{0, history{}, "is"}, {0, history{}, "my"}, {0, history{}, "order"}, {1, history{"is"}, "my"}} {
		c := m.orders[x.order][x.h]
		if c == nil {
			c = &counts{next: map[string]int{}}
			m.orders[x.order][x.h] = c
		}
		c.next[x.word]++
		c.total++
	}
	sum := 0.0
	for _, w := range []string{"is", "my", "order"} {
		sum += m.p(1, history{"is"}, w)
	}
	sum += m.p(1, history{"is"}, "something unseen")
	if math.Abs(sum-1) > 1e-9 {
		t.Errorf("probabilities after a history add up to %v", sum)
	}
}

func TestNothingToLearnIsSaid(t *testing.T) {
	if err := Write(&bytes.Buffer{}, []string{"", "订单"}); err == nil {
		t.Error("a model of nothing")
	}
}
