package backchannel

import "testing"

func TestIs(t *testing.T) {
	for _, s := range []string{"uh-huh", "Mm-hm.", "yeah", "okay, okay", "I see", "right, got it", "Thank you", "嗯", "嗯嗯", "好的", "哦，对", "是的", "I", "got", "okay I"} {
		if !Is(s, "") || Stop(s, "") {
			t.Errorf("%q: %v, stop %v", s, Is(s, ""), Stop(s, ""))
		}
	}
	for _, s := range []string{"", "yes but my order", "where is it", "no", "okay can I return them", "好的那退货呢", "不对", "订单", "I see a problem", "I want", "yeah I said"} {
		if Is(s, "") {
			t.Errorf("%q is taken for a nod", s)
		}
	}
}

func TestStop(t *testing.T) {
	for _, s := range []string{"stop", "no wait", "hold on", "I want an agent", "停", "等一下", "不对", "我要人工"} {
		if !Stop(s, "") || Is(s, "") {
			t.Errorf("%q does not stop", s)
		}
	}
}
