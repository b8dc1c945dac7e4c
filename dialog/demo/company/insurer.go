package company

import (
	"fmt"
	"strings"
	"time"
)

const claimDays = 7

type (
	claimIn struct {
		whose
		Claim string `json:"claim,omitempty" jsonschema:"claim number"`
	}
	reportIn struct {
		whose
		Key    string `json:"key,omitempty" jsonschema:"the same key again is the same request"`
		Policy string `json:"policy" jsonschema:"policy number"`
		Date   string `json:"date" jsonschema:"when it happened, YYYY-MM-DD"`
		What   string `json:"what" jsonschema:"what happened"`
	}
)

func (c *Company) policies(in whose) answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := []any{}
	for _, p := range c.s.Policies {
		if p.Customer == in.Customer {
			list = append(list, answer{"policy": p.Number, "kind": p.Kind, "name": p.Name.in(in.Language), "since": c.date(p.Since), "until": c.date(p.Until),
				"monthly_cents": p.Monthly, "yearly_cents": p.Yearly})
		}
	}
	return answer{"policies": list}
}

func (c *Company) getClaim(in claimIn) answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	var found *claim
	for i := range c.s.Claims {
		x := &c.s.Claims[i]
		if x.Customer == in.Customer && (in.Claim == "" || x.Number == digits(in.Claim)) && (found == nil || x.Filed >= found.Filed) {
			found = x
		}
	}
	if found == nil {
		return answer{"found": false}
	}
	a := answer{"found": true, "claim": found.Number, "policy": found.Policy, "kind": found.Kind, "status": found.Status, "filed": c.date(found.Filed), "cents": found.Cents}
	a["status_text"] = found.text(in.Language)
	return a
}

func (x claim) text(language string) string {
	amount := strings.TrimSuffix(fmt.Sprintf("%.2f", float64(x.Cents)/100), ".00")
	switch x.Status {
	case "papers_missing":
		return names{"we still need " + x.Missing.EN, "还缺" + x.Missing.ZH}.in(language)
	case "approved":
		return names{"it is approved, and we pay $" + amount + " within 3 working days", "已经核准，3个工作日内支付" + amount + "美元"}.in(language)
	case "paid":
		return names{"we have paid $" + amount, "已经支付" + amount + "美元"}.in(language)
	}
	return names{"it has been received, and is decided within 5 working days after all papers are here", "已经收到，材料齐全后5个工作日内决定"}.in(language)
}

func (c *Company) reportClaim(in reportIn) (answer, error) {
	return c.change(in.Key, func() answer {
		owns := false
		for _, p := range c.s.Policies {
			owns = owns || p.Customer == in.Customer && p.Number == digits(in.Policy)
		}
		at, err := time.Parse(time.DateOnly, in.Date)
		day := c.day(at)
		today := c.day(c.o.Now())
		switch {
		case !owns:
			return refused(in.Language, "no_policy", "I cannot find that policy among yours.", "在您名下没有找到这个保单号。")
		case err != nil || day > today:
			return refused(in.Language, "no_date", "I need the day on which it happened.", "请告诉我事情发生的日期。")
		case today-day > claimDays:
			return refused(in.Language, "too_late", "Damage must be reported within 7 days; a colleague has to look at this one.", "需要在7天内报案，超过的要请同事处理。")
		}
		n := c.number("88")
		c.s.Claims = append(c.s.Claims, claim{Number: n, Customer: in.Customer, Policy: digits(in.Policy), Kind: "reported", Filed: today, Status: "received", What: in.What})
		return answer{"status": "ok", "claim": n}
	})
}
