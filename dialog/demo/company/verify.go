package company

import (
	"crypto/subtle"
	"strings"
	"time"
)

const (
	triesAllowed = 5 // of one claimed number
	triesFor     = 15 * time.Minute
	suffix       = 4 // digits that are enough to name an order
	maxTries     = 10_000
)

// failed is how often somebody was wrong about a number.
type failed struct {
	n     int
	since time.Time
}

type verifyIn struct {
	Language   string `json:"language,omitempty" jsonschema:"language of the answer"`
	Order      string `json:"order,omitempty" jsonschema:"order number"`
	Phone      string `json:"phone,omitempty" jsonschema:"phone number that was given with the order or policy"`
	Policy     string `json:"policy,omitempty" jsonschema:"policy number"`
	Claim      string `json:"claim,omitempty" jsonschema:"claim number"`
	LastDigits string `json:"last_digits,omitempty" jsonschema:"last four digits of the phone, or of the order number when the phone was given"`
	BirthDate  string `json:"birth_date,omitempty" jsonschema:"YYYY-MM-DD"`
	Postcode   string `json:"postcode,omitempty"`
}

// verify says who somebody is, when a number and a fact that only the customer knows
// fit together. All else is the same no, whether or not there is such a number. The
// birth date verifies better than the rest.
func (c *Company) verify(in verifyIn) answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	no := answer{"verified": false, "level": 0}
	claimed := strings.Join([]string{digits(in.Order), digits(in.Phone), digits(in.Policy), digits(in.Claim)}, "/")
	if claimed == "///" || c.locked(claimed) {
		return no
	}
	for _, p := range c.s.Customers {
		if level := c.proves(p, in); level > 0 && c.named(p, in) {
			delete(c.tries, claimed)
			return answer{"verified": true, "level": level, "customer": p.ID, "name": p.Name}
		}
	}
	if len(c.tries) >= maxTries { // somebody tries everything
		clear(c.tries)
	}
	f := c.tries[claimed]
	if f.n == 0 {
		f.since = c.o.Now()
	}
	f.n++
	c.tries[claimed] = f
	return no
}

func (c *Company) locked(claimed string) bool {
	f := c.tries[claimed]
	if c.o.Now().Sub(f.since) > triesFor {
		delete(c.tries, claimed)
		return false
	}
	return f.n >= triesAllowed
}

// named reports whether every number that was given is the customer's.
func (c *Company) named(p customer, in verifyIn) bool {
	given := 0
	fits := func(said string, own bool) bool {
		if said != "" {
			given++
		}
		return said == "" || own
	}
	ok := fits(in.Phone, samePhone(in.Phone, p.Phone)) && fits(in.Order, c.orderOf(p.ID, in.Order) != nil)
	policy, claim := false, false
	for _, x := range c.s.Policies {
		policy = policy || x.Customer == p.ID && x.Number == digits(in.Policy)
	}
	for _, x := range c.s.Claims {
		claim = claim || x.Customer == p.ID && x.Number == digits(in.Claim)
	}
	return ok && fits(in.Policy, policy) && fits(in.Claim, claim) && given > 0
}

// proves gives the level that the facts are good for; a wrong one spoils all.
func (c *Company) proves(p customer, in verifyIn) int {
	level := 0
	for _, f := range []struct {
		said  string
		right bool
		level int
	}{
		{in.LastDigits, c.lastDigits(p, in), 1},
		{in.Postcode, same(squeeze(in.Postcode), squeeze(p.Postcode)), 1},
		{in.BirthDate, same(digits(in.BirthDate), digits(p.Birth)), 2},
	} {
		switch {
		case f.said == "":
		case !f.right:
			return 0
		default:
			level = max(level, f.level)
		}
	}
	return level
}

// lastDigits are of the phone; of an order when the phone is what was given.
func (c *Company) lastDigits(p customer, in verifyIn) bool {
	d := digits(in.LastDigits)
	if len(d) != 4 {
		return false
	}
	if in.Phone == "" {
		return same(d, last(digits(p.Phone), 4))
	}
	for _, o := range c.s.Orders {
		if o.Customer == p.ID && same(d, last(o.Number, 4)) {
			return true
		}
	}
	return false
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// samePhone compares with and without the country's code.
func samePhone(a, b string) bool {
	a, b = strings.TrimLeft(digits(a), "0"), digits(b)
	return len(a) >= 9 && strings.HasSuffix(b, a)
}

func last(s string, n int) string { return s[max(0, len(s)-n):] }

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return -1
	}, s)
}

func squeeze(s string) string {
	return strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(s), " ", ""))
}
