package company

import (
	"fmt"
	"strings"
	"time"
)

const (
	returnDays = 30
	stuckDays  = 3 // working days without news of a parcel
)

type (
	whose struct {
		Customer string `json:"customer" jsonschema:"who asks, as verify_customer gave it"`
		Language string `json:"language,omitempty" jsonschema:"language of the answer"`
	}
	orderIn struct {
		whose
		Order string `json:"order,omitempty" jsonschema:"order number; its last four digits will do"`
	}
	oneOrderIn struct {
		whose
		Order         string `json:"order" jsonschema:"order number; its last four digits will do"`
		ExpectAddress string `json:"expect_address,omitempty" jsonschema:"says in address_is whether it goes there"`
	}
	missingIn struct {
		whose
		Key   string `json:"key,omitempty" jsonschema:"the same key again is the same request"`
		Order string `json:"order" jsonschema:"order number"`
		Wish  string `json:"wish" jsonschema:"search: the carrier looks for it; resend: a new one is sent"`
	}
	allowsIn struct {
		whose
		Order string `json:"order" jsonschema:"order number; its last four digits will do"`
		What  string `json:"what" jsonschema:"return, exchange, cancel or address"`
		Item  string `json:"item,omitempty" jsonschema:"the product, when not all of the order"`
	}
	returnIn struct {
		whose
		Key    string `json:"key,omitempty" jsonschema:"the same key again is the same request"`
		Order  string `json:"order" jsonschema:"order number"`
		Item   string `json:"item,omitempty" jsonschema:"the product, when not all of the order"`
		Reason string `json:"reason,omitempty"`
	}
	exchangeIn struct {
		whose
		Key   string `json:"key,omitempty" jsonschema:"the same key again is the same request"`
		Order string `json:"order" jsonschema:"order number"`
		Item  string `json:"item" jsonschema:"the product"`
		Wish  string `json:"wish" jsonschema:"the colour or model wanted"`
	}
	addressIn struct {
		whose
		Order   string `json:"order" jsonschema:"order number"`
		Address string `json:"address" jsonschema:"the whole new address"`
	}
)

// orderOf gives a customer's order by its number, or by four last digits that fit one
// of the customer's alone.
func (c *Company) orderOf(customer, number string) *order {
	number = digits(number)
	if len(number) < suffix {
		return nil
	}
	var found *order
	for i := range c.s.Orders {
		o := &c.s.Orders[i]
		switch {
		case o.Customer != customer || !strings.HasSuffix(o.Number, number):
		case found != nil:
			return nil
		default:
			found = o
		}
	}
	return found
}

var statuses = map[string]names{
	"processing": {"not sent yet", "还没有出库"}, "in_transit": {"on its way", "运输中"}, "delivered": {"delivered", "已签收"},
	"cancelled": {"cancelled", "已取消"}, "returning": {"being returned", "退货中"}, "exchanging": {"being exchanged", "换货中"},
}

func (o order) itemsText() string {
	var parts []string
	for _, i := range o.Items {
		s := i.Product
		if i.Count > 1 {
			s = fmt.Sprintf("%d × %s", i.Count, s)
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, ", ")
}

func (o order) cents(item string) (sum int) {
	for _, i := range o.Items {
		if item == "" || fits(item, i.Product) {
			sum += i.Cents * i.Count
		}
	}
	return sum
}

// fits reports whether a product is meant: one's name holds the other.
func fits(said, product string) bool {
	a, b := strings.ToLower(strings.TrimSpace(said)), strings.ToLower(product)
	return a != "" && (strings.Contains(b, a) || strings.Contains(a, b))
}

func (c *Company) view(o *order, language string) answer {
	if o == nil {
		return answer{"found": false, "status": "none"}
	}
	items := []any{}
	for _, i := range o.Items {
		items = append(items, answer{"product": i.Product, "color": i.Color, "count": i.Count, "cents": i.Cents})
	}
	a := answer{"found": true, "order": o.Number, "status": o.Status, "status_text": statuses[o.Status].in(language), "items": items,
		"items_text": o.itemsText(), "placed": c.date(o.Placed), "total_cents": o.cents("")}
	if o.Shipped != 0 || o.Status == "in_transit" {
		a["shipped"], a["carrier"], a["tracking"], a["moved"] = c.date(o.Shipped), o.Carrier, o.Tracking, c.date(o.Moved)
	}
	switch o.Status {
	case "in_transit":
		still := c.working(o.Moved, c.day(c.o.Now()))
		a["place"], a["still_days"], a["stuck"] = o.Place.in(language), still, still >= stuckDays
		a["eta"] = c.after(2)
	case "delivered":
		a["delivered"], a["return_until"] = c.date(o.Delivered), c.date(o.Delivered+returnDays)
	}
	return a
}

func (c *Company) findOrders(in whose) answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := []any{}
	for _, status := range []string{"in_transit", "processing", "exchanging", "returning", "delivered", "cancelled"} {
		for i := range c.s.Orders {
			if o := &c.s.Orders[i]; o.Customer == in.Customer && o.Status == status {
				list = append(list, c.view(o, in.Language))
			}
		}
	}
	return answer{"orders": list}
}

func (c *Company) track(in orderIn) answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	if in.Order != "" {
		return c.view(c.orderOf(in.Customer, in.Order), in.Language)
	}
	var latest *order
	for i := range c.s.Orders {
		o := &c.s.Orders[i]
		if o.Customer != in.Customer {
			continue
		}
		open := func(o *order) bool { return o.Status == "in_transit" }
		if latest == nil || open(o) && !open(latest) || open(o) == open(latest) && o.Placed > latest.Placed {
			latest = o
		}
	}
	return c.view(latest, in.Language)
}

func (c *Company) getOrder(in oneOrderIn) answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	o := c.orderOf(in.Customer, in.Order)
	a := c.view(o, in.Language)
	if o != nil {
		a["address"] = o.Address
		if in.ExpectAddress != "" {
			a["address_is"] = o.Address == strings.TrimSpace(in.ExpectAddress)
		}
	}
	return a
}

func noOrder(language string) answer {
	return refused(language, "no_order", "I cannot find that order among yours.", "在您的订单里没有找到这个订单号。")
}

// note keeps something for the people of the company.
func (c *Company) note(kind, prefix, customer, order string, data map[string]string) string {
	n := c.number(prefix)
	c.s.Notes = append(c.s.Notes, note{Number: n, Kind: kind, Customer: customer, Order: order, At: c.o.Now().UTC(), Data: data})
	return n
}

func (c *Company) missing(in missingIn) (answer, error) {
	return c.change(in.Key, func() answer {
		o := c.orderOf(in.Customer, in.Order)
		switch {
		case o == nil:
			return noOrder(in.Language)
		case o.Status != "in_transit":
			return refused(in.Language, "not_on_its_way", "That order is not on its way: it is "+statuses[o.Status].EN+".", "这个订单不在运输中："+statuses[o.Status].ZH+"。")
		case c.working(o.Moved, c.day(c.o.Now())) < stuckDays:
			return refused(in.Language, "moving", "The parcel moved less than 3 working days ago, so we cannot search for it yet.", "包裹在3个工作日内有更新，现在还不能查找。")
		}
		for _, n := range c.s.Notes {
			if n.Kind == "missing" && n.Order == o.Number {
				return refused(in.Language, "already", "This parcel is being looked after already: case "+n.Number+".", "这个包裹已经受理，受理号"+n.Number+"。")
			}
		}
		days := 2
		if in.Wish != "resend" {
			in.Wish = "search"
			days = 3
		}
		return answer{"status": "ok", "case": c.note("missing", "C", in.Customer, o.Number, map[string]string{"wish": in.Wish}), "wish": in.Wish, "by": c.after(days)}
	})
}

// returnable gives an order that may come back, or why it may not.
func (c *Company) returnable(w whose, number, item string) (*order, answer) {
	o := c.orderOf(w.Customer, number)
	switch {
	case o == nil:
		return nil, noOrder(w.Language)
	case o.Status == "returning" || o.Status == "exchanging":
		return nil, refused(w.Language, "already", "This order is on its way back already.", "这个订单已经在退换中。")
	case o.Status != "delivered":
		return nil, refused(w.Language, "not_delivered", "That order has not been delivered yet.", "这个订单还没有签收。")
	case c.day(c.o.Now()) > o.Delivered+returnDays:
		return nil, refused(w.Language, "too_late", "It was delivered more than 30 days ago, so it cannot be returned. We repair it under warranty.", "签收已经超过30天，不能退换，可以按保修维修。")
	case o.cents(item) == 0:
		return nil, refused(w.Language, "no_item", "That is not in this order. It holds: "+o.itemsText()+".", "这个订单里没有这件商品，里面有："+o.itemsText()+"。")
	}
	return o, nil
}

// orderAllows says whether an order may still be returned, exchanged, cancelled or sent
// elsewhere, so that nobody confirms what is refused then.
func (c *Company) orderAllows(in allowsIn) answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	o := c.orderOf(in.Customer, in.Order)
	if o == nil {
		return answer{"found": false, "status": "none"}
	}
	switch no := answer(nil); in.What {
	case "return", "exchange":
		if _, no = c.returnable(in.whose, in.Order, in.Item); no != nil {
			return no
		}
	case "cancel":
		if o.Status == "cancelled" {
			return refused(in.Language, "already", "Order "+o.Number+" is cancelled already.", "订单"+o.Number+"已经取消了。")
		}
		if o.Status != "processing" {
			return left(in.Language)
		}
	case "address":
		if o.Status != "processing" {
			return leftFor(in.Language)
		}
	}
	parts := 0
	for _, i := range o.Items {
		parts += i.Count
	}
	a := answer{"found": true, "status": "ok", "order": o.Number, "items_text": o.itemsText(), "several": parts > 1}
	if len(o.Items) == 1 {
		a["only"] = o.Items[0].Product
	}
	return a
}

func leftFor(language string) answer {
	return refused(language, "left_warehouse", "The order has left our warehouse. The carrier's link lets you choose a pick-up point.", "订单已经出库，可以用承运商的链接改成自提点。")
}

func (c *Company) startReturn(in returnIn) (answer, error) {
	return c.change(in.Key, func() answer {
		o, no := c.returnable(in.whose, in.Order, in.Item)
		if no != nil {
			return no
		}
		o.Status = "returning"
		label := c.note("return", "R", in.Customer, o.Number, map[string]string{"item": in.Item, "reason": in.Reason})
		return answer{"status": "ok", "order": o.Number, "label": label, "refund_cents": o.cents(in.Item)}
	})
}

func (c *Company) exchange(in exchangeIn) (answer, error) {
	return c.change(in.Key, func() answer {
		o, no := c.returnable(in.whose, in.Order, in.Item)
		if no != nil {
			return no
		}
		o.Status = "exchanging"
		return answer{"status": "ok", "order": o.Number, "label": c.note("exchange", "X", in.Customer, o.Number, map[string]string{"item": in.Item, "wish": in.Wish})}
	})
}

func left(language string) answer {
	return refused(language, "left_warehouse", "The order has left our warehouse. Please refuse the parcel or send it back within 30 days.", "订单已经出库，请拒收或者在30天内退回。")
}

func (c *Company) cancelOrder(in oneOrderIn) (answer, error) {
	return c.change("", func() answer {
		o := c.orderOf(in.Customer, in.Order)
		switch {
		case o == nil:
			return noOrder(in.Language)
		case o.Status == "cancelled": // again
		case o.Status != "processing":
			return left(in.Language)
		}
		o.Status = "cancelled"
		return answer{"status": "ok", "order": o.Number, "refund_cents": o.cents("")}
	})
}

func (c *Company) changeAddress(in addressIn) (answer, error) {
	return c.change("", func() answer {
		o := c.orderOf(in.Customer, in.Order)
		a := strings.TrimSpace(in.Address)
		switch {
		case o == nil:
			return noOrder(in.Language)
		case o.Status != "processing":
			return leftFor(in.Language)
		case len(a) < 8 || len(a) > 300:
			return refused(in.Language, "no_address", "That is not a whole address.", "这个地址不完整。")
		}
		o.Address = a
		return answer{"status": "ok", "order": o.Number, "address": a}
	})
}

func (c *Company) sendInvoice(in oneOrderIn) (answer, error) {
	return c.change("", func() answer {
		o := c.orderOf(in.Customer, in.Order)
		switch {
		case o == nil:
			return noOrder(in.Language)
		case o.Status == "processing":
			return refused(in.Language, "no_invoice", "The invoice is made when the order leaves us.", "订单出库之后才有发票。")
		}
		c.note("invoice", "I", in.Customer, o.Number, map[string]string{"sent": c.o.Now().UTC().Format(time.RFC3339)})
		return answer{"status": "ok", "order": o.Number}
	})
}
