package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Kinds are the engines that a role knows; none: there is no such role.
func Kinds(role string) []string { return slices.Clone(engines[role]) }

// Check says what is wrong with an engine in a role.
func (e Engine) Check(role string) error {
	if !contains(engines[role], e.Engine) {
		return fmt.Errorf("engine %q is unknown; expected one of %s", e.Engine, strings.Join(engines[role], ", "))
	}
	return errors.Join(e.check(), e.checkModel(role))
}
