//go:build !linux

package child

import "errors"

// limit refuses: without limits no hostile file is given to a child.
func limit(int, Limits) error { return errors.New("not on this system") }
