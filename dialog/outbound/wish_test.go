package outbound

import (
	"testing"
	"time"
)

func TestWish(t *testing.T) {
	zone := time.FixedZone("", 8*3600)
	now := time.Date(2026, 11, 24, 10, 20, 0, 0, zone) // a Tuesday
	for text, want := range map[string]string{
		"tomorrow at nine": "25 09:00", "after 5 pm": "24 17:00", "at nine": "25 09:00", "tomorrow": "25 08:30", "tomorrow morning": "25 09:00", "this afternoon": "24 14:00",
		"in an hour": "24 11:20", "in half an hour": "24 10:50", "in about 20 minutes": "24 10:40", "Friday at half past two": "27 14:30", "on Monday": "30 08:30",
		"明天上午九点": "25 09:00", "下午三点": "24 15:00", "半小时后": "24 10:50", "两个半小时以后": "24 12:50", "后天": "26 08:30", "明天下午": "25 14:00", "一刻钟后": "24 10:35",
		"whenever": "", "as soon as you can": "", "都可以": "", "": "", "yesterday at nine": "", "in two months": "", "next year": "",
	} {
		at, ok := Wish(text, now, 0)
		if want != "" && want[3:] == "08:30" {
			at, ok = Wish(text, now, 8)
			at = at.Add(30 * time.Minute)
		}
		if got := at.Format("02 15:04"); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %s %v, not %s", text, got, ok, want)
		}
	}
}
