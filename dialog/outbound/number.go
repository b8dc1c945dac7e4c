package outbound

import (
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Number is a phone's.
type Number struct {
	E164   string   // as +862112345678
	Region string   // ISO 3166-1, as CN
	Zones  []string // IANA zones in which it may be: none only of a number without a country
}

// emergencies are numbers that bring police, fire brigade, ambulance or rescue, somewhere.
var emergencies = strings.Fields("000 08 100 101 102 103 104 105 106 107 108 110 111 112 113 115 116117 117 118 119 120 122 123 125 127 128 129 132 133 143 144 147 150 155 158 " +
	"190 191 192 193 194 195 196 197 198 199 711 811 902 903 911 912 913 914 917 919 990 991 992 993 994 995 997 998 999 988 12110 12395")

// IsEmergency reports whether digits, with or without a country's code before them, are a
// number of police, fire brigade, ambulance or rescue, or look like one.
func IsEmergency(text string) bool {
	d := digits(text)
	if slices.Contains(emergencies, d) {
		return true
	}
	if strings.HasPrefix(strings.TrimSpace(text), "+") || strings.HasPrefix(d, "00") {
		d = strings.TrimPrefix(d, "00")
		for n := 1; n <= 3 && n < len(d); n++ {
			if slices.Contains(emergencies, d[n:]) {
				return true
			}
		}
	}
	return false
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return -1
	}, s)
}

// Parse reads a number as people write it: with a country's code (+86…, 0086…), or as of the
// region (ISO 3166-1, "" takes none without a code). The error is a *Refusal.
func Parse(text, region string) (Number, error) {
	if IsEmergency(text) {
		return Number{}, &Refusal{Code: Emergency, Detail: "emergency numbers are not called from here"}
	}
	bad := func() (Number, error) {
		return Number{}, &Refusal{Code: BadNumber, Detail: "no phone number that can be called: expected it with the country's code, as +862112345678"}
	}
	if len(text) > 40 {
		return bad()
	}
	n, err := phonenumbers.Parse(text, region)
	if err != nil || !phonenumbers.IsPossibleNumber(n) || n.GetExtension() != "" {
		return bad()
	}
	out := Number{E164: phonenumbers.Format(n, phonenumbers.E164), Region: phonenumbers.GetRegionCodeForNumber(n)}
	zones, err := phonenumbers.GetTimezonesForNumber(n)
	if err != nil {
		return bad()
	}
	for _, z := range zones {
		if z != phonenumbers.UNKNOWN_TIMEZONE {
			out.Zones = append(out.Zones, z)
		}
	}
	if len(out.Zones) == 0 { // where it is nobody knows, so that nobody is woken
		return bad()
	}
	return out, nil
}
