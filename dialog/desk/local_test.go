package desk_test

import (
	"testing"

	"parley/dialog/desk"
	"parley/dialog/desk/desktest"
)

func TestLocalRegistry(t *testing.T) {
	desktest.Registry(t, func(*testing.T) desk.Registry { return desk.NewLocal() }, func(_ *testing.T, r desk.Registry) desk.Registry { return r })
}
