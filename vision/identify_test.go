package vision

import "testing"

func TestIdentifiersAreFound(t *testing.T) {
	for text, want := range map[string][]Identifier{
		"Order number: A-4829-7715":                {{OrderNumber, "A-4829-7715", "Order number", 1}},
		"Your order #204815 has shipped":           {{OrderNumber, "204815", "order", 1}},
		"订单号是202611220087":                         {{OrderNumber, "202611220087", "订单号是", 1}},
		"订单编号：318062":                              {{OrderNumber, "318062", "订单编号", 1}},
		"Tracking number 1Z999AA10123456784":       {{TrackingNumber, "1Z999AA10123456784", "Tracking number", 1}},
		"快递单号 SF1029384756601":                     {{TrackingNumber, "SF1029384756601", "快递单号", 1}},
		"S/N: PB65H4J7K2026":                       {{SerialNumber, "PB65H4J7K2026", "S/N", 1}},
		"Serial number: EM550-8H2K-00471":          {{SerialNumber, "EM550-8H2K-00471", "Serial number", 1}},
		"序列号：K8802311":                             {{SerialNumber, "K8802311", "序列号", 1}},
		"Error code: 0x80070643":                   {{ErrorCode, "0x80070643", "Error code", 1}},
		"stopped with 0x0000007B again":            {{ErrorCode, "0x0000007B", "", 1}},
		"错误代码：E-4021":                              {{ErrorCode, "E-4021", "错误代码", 1}},
		"ERR_CONNECTION_REFUSED":                   {{ErrorCode, "ERR_CONNECTION_REFUSED", "", 0.8}},
		"Invoice No: INV-20261105-0938":            {{Reference, "INV-20261105-0938", "Invoice No", 1}},
		"保单号：5501882":                              {{Reference, "5501882", "保单号", 1}},
		"Total: $1,170.35":                         {{Amount, "$1,170.35", "Total", 1}},
		"我们会为您全额退款128.50元":                         {{Amount, "128.50元", "我们会为您全额退款", 1}},
		"Date: 05/11/2026":                         {{Date, "05/11/2026", "", 1}},
		"下单时间 2026年11月18日":                         {{Date, "2026年11月18日", "", 1}},
		"Feature update (KB5044284)":               {{Reference, "KB5044284", "", 0.5}},
		"Closing balance 4,733.02":                 {{Amount, "4,733.02", "Closing balance", 0.5}},
		"Order within 3 hours and get it by noon":  nil,
		"In order to pay, sign in 24 hours before": nil,
		"Capacity: 20000mAh 74Wh":                  nil,
		"The status of 2 orders":                   nil,
	} {
		got := Identify([]Line{{Text: text, Confidence: 1}})
		if len(got) != len(want) {
			t.Errorf("%q: %v", text, got)
			continue
		}
		for i, g := range got {
			if g != want[i] {
				t.Errorf("%q: %+v, want %+v", text, g, want[i])
			}
		}
	}
	above := Identify([]Line{{Text: "Order number", Confidence: 1}, {Text: "204815", Confidence: 0.5}})
	if len(above) != 1 || above[0] != (Identifier{OrderNumber, "204815", "Order number", 0.45}) {
		t.Errorf("label above: %+v", above)
	}
}
