package serve

import (
	"fmt"
	"net/http"
	"testing"
)

// Who guesses at a password has to wait, with the right one too; others do not.
func TestAGuesserHasToWait(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	x.hired("agent")
	try := func(email, password string) answer {
		return x.do("POST", "/v1/login", "", fmt.Sprintf(`{"email":%q,"password":%q}`, email, password))
	}
	for i := range 6 {
		want := http.StatusUnauthorized
		if i == 5 {
			want = http.StatusTooManyRequests
		}
		if a := try(adminEmail, "wrong horse"); a.code != want {
			t.Fatalf("try %d: %v", i, a)
		}
	}
	if a := try(adminEmail, adminPassword); a.code != http.StatusTooManyRequests || a.head.Get("Retry-After") == "" {
		t.Error(a)
	}
	if a := try("nobody@x.example", "wrong horse"); a.code != http.StatusUnauthorized {
		t.Error(a)
	}
}
