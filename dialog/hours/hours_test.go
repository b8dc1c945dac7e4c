package hours_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"parley/dialog/hours"
)

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestWhenPeopleAreBack(t *testing.T) {
	h, err := hours.New("Asia/Shanghai", map[string]string{"mon-fri": "09:00-12:00, 13:30-18:00", "sat": "10:00-24:00"}, []string{"2026-11-30"})
	if err != nil {
		t.Fatal(err)
	}
	for now, want := range map[string]struct{ en, zh string }{
		"2026-11-27T01:00:00Z": {}, // Friday, nine in Shanghai
		"2026-11-27T09:59:59Z": {},
		"2026-11-28T15:59:59Z": {}, // Saturday, a second to midnight
		"2026-11-27T04:10:00Z": {"today at 1:30 p.m., Shanghai time", "北京时间今天下午1点30分"},
		"2026-11-27T10:00:00Z": {"tomorrow at 10 a.m., Shanghai time", "北京时间明天上午10点"},
		"2026-11-28T16:00:00Z": {"on Tuesday at 9 a.m., Shanghai time", "北京时间后天上午9点"}, // Monday is a holiday
		"2026-11-26T16:30:00Z": {"today at 9 a.m., Shanghai time", "北京时间今天上午9点"},      // still Thursday in London
		"2026-11-30T02:00:00Z": {"tomorrow at 9 a.m., Shanghai time", "北京时间明天上午9点"},
	} {
		open := want.en == ""
		if h.Open(at(now)) != open {
			t.Errorf("%s: open is not %v", now, open)
			continue
		}
		back, ok := h.Back(at(now))
		if !ok || open && !back.Equal(at(now)) {
			t.Errorf("%s: %v %v", now, back, ok)
		}
		if en, zh := h.Words(back, at(now), "en-GB"), h.Words(back, at(now), "zh-CN"); !open && (en != want.en || zh != want.zh) {
			t.Errorf("%s: %s, %s", now, en, zh)
		}
	}
}

func TestClocksThatChange(t *testing.T) {
	h, err := hours.New("America/New_York", map[string]string{"sun": "09:00-17:00", "wed-thu": "12:00-23:00"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	back, ok := h.Back(at("2026-10-31T22:00:00Z")) // summer time ends that night
	if !ok || !back.Equal(at("2026-11-01T14:00:00Z")) {
		t.Error(back)
	}
	if s := h.Words(back, at("2026-10-31T22:00:00Z"), "en"); s != "tomorrow at 9 a.m., New York time" {
		t.Error(s)
	}
	back, _ = h.Back(at("2026-11-02T22:00:00Z"))
	if s := h.Words(back, at("2026-11-02T22:00:00Z"), "en"); s != "on Wednesday at noon, New York time" {
		t.Error(s)
	}
	if s := h.Words(back, at("2026-10-20T22:00:00Z"), "zh"); s != "公司当地时间11月4日（周三）中午12点" {
		t.Error(s)
	}
}

func TestAlwaysAndNever(t *testing.T) {
	var always hours.Hours
	now := at("2026-11-27T01:00:00Z")
	if back, ok := always.Back(now); !always.Open(now) || !ok || back != now {
		t.Error("the zero value is not always")
	}
	h, err := hours.New("UTC", nil, []string{"2026-11-27"})
	if back, ok := h.Back(now); err != nil || h.Open(now) || !ok || !back.Equal(at("2026-11-28T00:00:00Z")) || !h.Open(back) {
		t.Error(back, ok, err)
	}
	var year []string
	for d := now; len(year) < 800; d = d.AddDate(0, 0, 1) {
		year = append(year, d.Format(time.DateOnly))
	}
	if h, err = hours.New("UTC", nil, year); err != nil {
		t.Fatal(err)
	}
	if _, ok := h.Back(now); ok {
		t.Error("a day without people is one on which they are back")
	}
}

func TestWrongHoursAreNamed(t *testing.T) {
	_, err := hours.New("Mars", map[string]string{"someday": "09:00-18:00", "mon": "9-18", "tue": "18:00-09:00", "wed": "09:00-18:00,"}, []string{"Easter"})
	for _, w := range []string{"Mars", "someday", "9-18", "18:00-09:00", "Easter", `"09:00-18:00,"`} {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("%s is not named in %v", w, err)
		}
	}
	var e *hours.Error
	if !errors.As(err, &e) {
		t.Error("no Error")
	}
}
