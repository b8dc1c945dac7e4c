package company

import (
	"strings"
	"time"
)

const (
	slotDays = 10
	maxSlots = 6
)

// hours of appointments, UTC.
var hours = []int{9, 10, 11, 14, 15, 16}

type (
	slotsIn struct {
		Language string `json:"language,omitempty" jsonschema:"language of the answer"`
		Day      string `json:"day,omitempty" jsonschema:"YYYY-MM-DD; without it the coming days"`
	}
	bookIn struct {
		Language string `json:"language,omitempty" jsonschema:"language of the answer"`
		Key      string `json:"key,omitempty" jsonschema:"the same key again is the same request"`
		At       string `json:"at" jsonschema:"a time that free_appointments gave, RFC 3339"`
		Name     string `json:"name"`
		Phone    string `json:"phone"`
		Topic    string `json:"topic,omitempty" jsonschema:"what it is about"`
	}
	unbookIn struct {
		Language    string `json:"language,omitempty" jsonschema:"language of the answer"`
		Appointment string `json:"appointment" jsonschema:"number of the appointment"`
		Phone       string `json:"phone" jsonschema:"phone that it was booked with"`
	}
	callIn struct {
		Language string `json:"language,omitempty" jsonschema:"language of the answer"`
		Key      string `json:"key,omitempty" jsonschema:"the same key again is the same request"`
		Name     string `json:"name"`
		Phone    string `json:"phone"`
		When     string `json:"when,omitempty" jsonschema:"when the customer wants it"`
		Topic    string `json:"topic,omitempty"`
	}
	leadIn struct {
		Language string `json:"language,omitempty" jsonschema:"language of the answer"`
		Key      string `json:"key,omitempty" jsonschema:"the same key again is the same request"`
		Name     string `json:"name"`
		Phone    string `json:"phone"`
		Interest string `json:"interest" jsonschema:"what the customer is interested in"`
	}
)

// free reports whether an appointment can be made for a time.
func (c *Company) free(at time.Time) bool {
	if w := at.Weekday(); w == time.Saturday || w == time.Sunday || !at.After(c.o.Now()) || c.day(at)-c.day(c.o.Now()) > 4*slotDays {
		return false
	}
	offered := false
	for _, h := range hours {
		offered = offered || at.Equal(time.Date(at.Year(), at.Month(), at.Day(), h, 0, 0, 0, time.UTC))
	}
	for _, a := range c.s.Appointments {
		offered = offered && (a.Cancelled || !a.At.Equal(at))
	}
	return offered && (at.Day()+at.Hour())%3 != 0 // some are taken by others
}

func (c *Company) slots(in slotsIn) answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	first, last := c.day(c.o.Now()), c.day(c.o.Now())+slotDays
	if t, err := time.Parse(time.DateOnly, in.Day); err == nil {
		first, last = c.day(t), c.day(t)
	}
	list := []any{}
	for d := max(first, 0); d <= last && len(list) < maxSlots; d++ {
		for _, h := range hours {
			if at := c.s.Opened.AddDate(0, 0, d).Add(time.Duration(h) * time.Hour); c.free(at) && len(list) < maxSlots {
				list = append(list, answer{"at": at.Format(time.RFC3339)})
			}
		}
	}
	return answer{"slots": list}
}

func (c *Company) book(in bookIn) (answer, error) {
	return c.change(in.Key, func() answer {
		at, err := time.Parse(time.RFC3339, in.At)
		if at = at.UTC(); err != nil || !c.free(at) {
			return refused(in.Language, "taken", "That time is not free. Shall I say which are?", "这个时间没有空位，需要我说说哪些时间可以吗？")
		}
		if len(digits(in.Phone)) < 7 || strings.TrimSpace(in.Name) == "" {
			return refused(in.Language, "no_phone", "I need a name and a phone number.", "需要您的姓名和电话号码。")
		}
		n := c.number("A")
		c.s.Appointments = append(c.s.Appointments, appointment{Number: n, Name: in.Name, Phone: in.Phone, Topic: in.Topic, At: at})
		return answer{"status": "ok", "appointment": n, "at": at.Format(time.RFC3339)}
	})
}

func (c *Company) unbook(in unbookIn) (answer, error) {
	return c.change("", func() answer {
		for i := range c.s.Appointments {
			if a := &c.s.Appointments[i]; digits(a.Number) == digits(in.Appointment) && same(digits(a.Phone), digits(in.Phone)) {
				a.Cancelled = true
				return answer{"status": "ok", "appointment": a.Number}
			}
		}
		return refused(in.Language, "no_appointment", "I find no such appointment with that phone number.", "没有找到与这个电话对应的预约。")
	})
}

func (c *Company) callback(in callIn) (answer, error) {
	return c.change(in.Key, func() answer {
		return answer{"status": "ok", "note": c.note("callback", "B", "", "", map[string]string{"name": in.Name, "phone": in.Phone, "when": in.When, "topic": in.Topic})}
	})
}

func (c *Company) lead(in leadIn) (answer, error) {
	return c.change(in.Key, func() answer {
		return answer{"status": "ok", "note": c.note("lead", "L", "", "", map[string]string{"name": in.Name, "phone": in.Phone, "interest": in.Interest})}
	})
}
