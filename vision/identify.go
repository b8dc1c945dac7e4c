package vision

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// IdentifierKind is what a number or code stands for.
type IdentifierKind string

// The kinds of identifiers.
const (
	OrderNumber    IdentifierKind = "order"
	TrackingNumber IdentifierKind = "tracking"
	SerialNumber   IdentifierKind = "serial"
	ErrorCode      IdentifierKind = "error"
	Reference      IdentifierKind = "reference" // invoice, claim, policy, ticket, or what has no name
	Amount         IdentifierKind = "amount"
	Date           IdentifierKind = "date"
)

// Identifier is a value that a business system may know. It is confirmed with the
// customer or looked up before it is used: readers take 0 for O.
type Identifier struct {
	Kind       IdentifierKind `json:"kind"`
	Value      string         `json:"value"`           // as it stands in the picture
	Label      string         `json:"label,omitempty"` // what stands before it
	Confidence float64        `json:"confidence"`      // 0 to 1
}

// maxIdentifiers of one picture.
const maxIdentifiers = 24

// labels are what stands before a value, and what the value then is. The first that
// fits counts.
var labels = []struct {
	kind  IdentifierKind
	label *regexp.Regexp
}{
	{TrackingNumber, regexp.MustCompile(`(?i)(tracking|waybill|shipment|parcel|consignment)[ \t]*(number|no\.?|id|code|#)?|AWB|(运单|快递单|物流单|运输单|包裹|货运单)[ ]*(编号|号码|号)`)},
	{OrderNumber, regexp.MustCompile(`(?i)\border[ \t]*(number|no\.?|id|ref(erence)?|#)|\border[ \t]*[:#]|\bpurchase order\b|\bPO\b[ \t]*(number|no\.?|#|:)|(订单|订购|订货|交易)[ ]*(编号|号码|单号|号|ID)[ ]*(是|为)?`)},
	{SerialNumber, regexp.MustCompile(`(?i)\bserial[ \t]*(number|no\.?|#)?|\bS[ ]?/[ ]?N\b|\bSN[ ]?[:：]|\bIMEI\b|(序列号|产品编号|机身号|设备号|出厂编号)`)},
	{ErrorCode, regexp.MustCompile(`(?i)\b(error|stop|status|fault|exception)[ \t]*(code|number|no\.?|#)?[ \t]*[:#]|\b(error|stop|fault)[ \t]+(code[ \t]*)?(0x|E|[0-9])|\b(error|fault)[ \t]+code\b|(错误|故障|报错|异常)[ ]*(代码|码|编号|号)`)},
	{Reference, regexp.MustCompile(`(?i)\b(invoice|receipt|reference|ref|claim|policy|ticket|case|booking|confirmation|contract|customer|account|member(ship)?|transaction)[ \t]*(number|no\.?|id|code|#)?[ \t]*[:#.]|\b(invoice|receipt|reference|claim|policy|ticket|case|booking|confirmation|contract|customer|account|membership|transaction)[ \t]+(number|no\.?|id|code|#)|(发票|收据|流水|保单|理赔|案件|工单|合同|客户|会员|账户|参考|预约)[ ]*(编号|号码|单号|代码|号)`)},
}

var (
	code     = regexp.MustCompile(`[A-Za-z0-9][A-Za-z0-9]*(?:[-–_/.][A-Za-z0-9]+)*`)
	hexCode  = regexp.MustCompile(`\b0[xX][0-9A-Fa-f]{4,}\b`)
	errCode  = regexp.MustCompile(`\b(?:ERR|DLG|NET|SSL|HTTP)[_-][A-Z0-9_-]{3,}\b|\b[A-Z]{1,3}-\d{2,4}(?:-\d{1,4})?\b`)
	amount   = regexp.MustCompile(`(?i)(?:[$€£¥￥]|\b(?:USD|EUR|GBP|CNY|RMB|HKD|JPY)\b)[ ]?\d{1,3}(?:[,，]\d{3})*(?:\.\d{1,2})?|(?:[$€£¥￥]|\b(?:USD|EUR|GBP|CNY|RMB|HKD|JPY)\b)[ ]?\d+(?:\.\d{1,2})?|\d[\d,]*(?:\.\d{1,2})?[ ]?(?:(?:USD|EUR|GBP|CNY|RMB|HKD|JPY)\b|[€元块圆])`)
	bare     = regexp.MustCompile(`\b\d{1,3}(?:,\d{3})*\.\d{2}\b|\b\d+\.\d{2}\b`)
	quantity = regexp.MustCompile(`^\d+(?:\.\d+)?[A-Za-z]*[a-z][A-Za-z]*$`)
	dates    = regexp.MustCompile(`(?i)\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b|\b\d{1,2}[/.]\d{1,2}[/.]\d{4}\b|\b\d{1,2}[ ](?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)[a-z]*\.?,?(?:[ ]\d{4})?\b|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)[a-z]*\.?[ ]\d{1,2}(?:,?[ ]\d{4})?\b|(?:\d{4}[ ]?年[ ]?)?\d{1,2}[ ]?月[ ]?\d{1,2}[ ]?[日号]`)
)

// How sure a reading is by what stands beside it; the reader's own certainty comes on top.
const (
	byLabel   = 1.0
	byShape   = 0.8
	withLabel = 0.9 // the label is on the line before
	unnamed   = 0.5
)

// Identify finds what a business system may know in the lines of a picture.
func Identify(lines []Line) []Identifier {
	var out []Identifier
	seen := map[string]int{}
	add := func(k IdentifierKind, value, label string, c float64) {
		value = strings.TrimSpace(value)
		if value == "" {
			return
		}
		key := strings.ToLower(value)
		if i, ok := seen[key]; ok {
			if c > out[i].Confidence {
				out[i] = Identifier{k, value, label, c}
			}
			return
		}
		seen[key] = len(out)
		out = append(out, Identifier{k, value, label, c})
	}
	waits := -1 // the label of the line before, which had no value
	for i, l := range lines {
		text := l.Text
		taken := make([]bool, len(text))
		claim := func(at []int) bool {
			for j := at[0]; j < at[1]; j++ {
				if taken[j] {
					return false
				}
			}
			for j := at[0]; j < at[1]; j++ {
				taken[j] = true
			}
			return true
		}
		dated := dates.FindAllStringIndex(text, -1)
		priced := amount.FindAllStringIndex(text, -1)
		label := -1
		for k, w := range labels {
			at := w.label.FindStringIndex(text)
			if at == nil {
				continue
			}
			if v := valued(text, at, dated); v != nil && claim(v) {
				add(w.kind, text[v[0]:v[1]], strings.TrimRight(strings.TrimSpace(text[at[0]:min(at[1], v[0])]), " :：#"), l.Confidence*byLabel)
			} else if v == nil && label < 0 {
				label = k
			}
		}
		if waits >= 0 {
			if v := code.FindStringIndex(text); v != nil && coded(text[v[0]:v[1]]) && !within(v, dated) && claim(v) {
				add(labels[waits].kind, text[v[0]:v[1]], strings.TrimRight(strings.TrimSpace(lines[i-1].Text), " :："), l.Confidence*withLabel)
			}
		}
		waits = label
		for _, at := range hexCode.FindAllStringIndex(text, -1) {
			if claim(at) {
				add(ErrorCode, text[at[0]:at[1]], "", l.Confidence*byLabel)
			}
		}
		for _, at := range dated {
			if claim(at) {
				add(Date, text[at[0]:at[1]], "", l.Confidence*byLabel)
			}
		}
		for _, at := range priced {
			if claim(at) {
				add(Amount, text[at[0]:at[1]], strings.TrimRight(strings.TrimSpace(text[:at[0]]), " :："), l.Confidence*byLabel)
			}
		}
		for _, at := range bare.FindAllStringIndex(text, -1) {
			if claim(at) {
				add(Amount, text[at[0]:at[1]], strings.TrimRight(strings.TrimSpace(text[:at[0]]), " :："), l.Confidence*unnamed)
			}
		}
		for _, at := range errCode.FindAllStringIndex(text, -1) {
			if s := text[at[0]:at[1]]; strings.ContainsAny(s, "_") && claim(at) {
				add(ErrorCode, s, "", l.Confidence*byShape)
			}
		}
		for _, at := range code.FindAllStringIndex(text, -1) {
			if s := text[at[0]:at[1]]; long(s) && !quantity.MatchString(s) && claim(at) {
				add(Reference, s, "", l.Confidence*unnamed)
			}
		}
	}
	return ranked(out)
}

// ranked puts first what one is asked for by name, and what is surest.
func ranked(out []Identifier) []Identifier {
	slices.SortStableFunc(out, func(a, b Identifier) int {
		return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), cmp.Compare(b.Confidence, a.Confidence))
	})
	return out[:min(len(out), maxIdentifiers)]
}

// Ranked gives identifiers best first, without those too many.
func Ranked(of map[string]Identifier) []Identifier {
	var out []Identifier
	for _, k := range slices.Sorted(maps.Keys(of)) {
		out = append(out, of[k])
	}
	return ranked(out)
}

// Known tells whether it is one of the kinds.
func (k IdentifierKind) Known() bool {
	return slices.Contains([]IdentifierKind{OrderNumber, TrackingNumber, SerialNumber, ErrorCode, Reference, Amount, Date}, k)
}

// Clean is a stranger's text on one line, without what does not show, of at most so
// many bytes.
func Clean(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "")
	}
	return text
}

// rank is 0 for what one is asked for by name.
func rank(k IdentifierKind) int {
	switch k {
	case OrderNumber, TrackingNumber, SerialNumber, ErrorCode:
		return 0
	case Reference:
		return 1
	}
	return 2
}

// valued is where the value of a label stands: the first code after it, or before it
// where a sentence has it so.
func valued(text string, label []int, dated [][]int) []int {
	// The label's own end may hold the value's beginning ("error 0x…").
	from := label[0]
	for _, at := range code.FindAllStringIndex(text[from:], 4) {
		v := []int{at[0] + from, at[1] + from}
		if v[1] <= label[1] && !hexCode.MatchString(text[v[0]:v[1]]) || within(v, dated) {
			continue
		}
		if coded(text[v[0]:v[1]]) {
			return v
		}
	}
	return nil
}

// coded tells what may be a number or code: it has digits, and enough of them.
func coded(s string) bool {
	digits := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	return digits >= 3 || digits >= 2 && len(s) >= 4
}

// long tells what looks like an identifier without a label.
func long(s string) bool {
	digits := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	return digits >= 4 && len(s) >= 6
}

func within(v []int, spans [][]int) bool {
	return slices.ContainsFunc(spans, func(s []int) bool { return v[0] < s[1] && s[0] < v[1] })
}
