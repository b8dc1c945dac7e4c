package config

import (
	"errors"
	"fmt"
)

// tools says what is wrong with the business systems.
func (c *Config) tools() error {
	var errs []error
	named := map[string]bool{}
	for i, t := range c.Tools {
		if err := t.Check(); err != nil {
			errs = append(errs, fmt.Errorf("tools[%d]: %w", i, err))
		}
		if named[t.Name] {
			errs = append(errs, fmt.Errorf("tools[%d]: there are two of the name %q", i, t.Name))
		}
		named[t.Name] = true
	}
	return errors.Join(errs...)
}
