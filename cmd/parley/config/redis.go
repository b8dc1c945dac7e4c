package config

import (
	"errors"
	"fmt"

	"parley/dialog/bus"
)

// nodes says what is wrong with what several nodes share.
func (c *Config) nodes() error {
	if c.Redis == "" {
		return nil
	}
	r, err := bus.Connect(c.Redis) // asks nothing of it yet
	if err != nil {
		return fmt.Errorf("%sredis (REDIS_URL): %w", c.at("redis"), err)
	}
	if c.Database == "" {
		err = errors.New(c.at("redis") + "redis (REDIS_URL) is for several nodes, and they share a database: set DATABASE_URL to postgres://…")
	}
	return errors.Join(err, r.Close())
}
