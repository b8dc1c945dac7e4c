package words_test

import (
	"slices"
	"testing"

	"parley/asr/words"
)

func TestSplit(t *testing.T) {
	got := words.Split("Where's my order, 我的iPhone 15？")
	if want := []string{"wheres", "my", "order", "我", "的", "iphone", "15"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestJoin(t *testing.T) {
	for _, c := range []struct {
		pieces []string
		want   string
	}{
		{nil, ""}, {[]string{"", " a "}, "a"}, {[]string{"where is", "my order"}, "where is my order"},
		{[]string{"我的", "订单"}, "我的订单"}, {[]string{"我的", "iphone", "坏了"}, "我的iphone坏了"},
		{[]string{"你好，", "在吗"}, "你好，在吗"}, {[]string{"Yes", ", please"}, "Yes, please"},
	} {
		if got := words.Join(c.pieces...); got != c.want {
			t.Errorf("%q: %q", c.pieces, got)
		}
	}
}
