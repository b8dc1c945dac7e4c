package verify

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"math/big"
	"time"
)

const (
	codeDigits = 6
	codeTries  = 3                // of one code
	codeLife   = 10 * time.Minute // of one code
)

// Code is what is kept of a one-time code: never the code itself.
type Code struct {
	Hash     string    `json:"hash"`
	Salt     string    `json:"salt"`
	Expires  time.Time `json:"expires"`
	Tries    int       `json:"tries"`
	Customer string    `json:"customer,omitempty"`
}

// Sender sends one-time codes. It finds the address itself, from the record of the
// customer, or of whoever the phone number is on record for; a number that is on nobody's
// record gets nothing, and customer is "".
type Sender interface {
	SendCode(ctx context.Context, to Send, code, language string) (customer string, err error)
}

// NewCode makes a code, and what is kept of it.
func NewCode(now time.Time) (plain string, kept Code, err error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", Code{}, fmt.Errorf("one-time code: %w", err)
	}
	plain = fmt.Sprintf("%06d", n)
	salt := rand.Text()
	return plain, Code{Hash: sum(salt, plain), Salt: salt, Expires: now.Add(codeLife)}, nil
}

func sum(salt, code string) string {
	m := hmac.New(sha256.New, []byte(salt))
	m.Write([]byte(code))
	return hex.EncodeToString(m.Sum(nil))
}

// Opens counts an attempt, and gives the customer when the code is right, in time and
// within its attempts. The comparison takes the same time whatever is wrong.
func (c *Code) Opens(code string, now time.Time) (customer string, ok bool) {
	c.Tries++
	right := subtle.ConstantTimeCompare([]byte(sum(c.Salt, code)), []byte(c.Hash)) == 1
	if !right || c.Salt == "" || c.Tries > codeTries || now.After(c.Expires) {
		return "", false
	}
	return c.Customer, true
}
