package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"parley/cmd/parley/config"
	"parley/dialog/bus"
)

// nodesWork asks the Redis that several nodes share, if one is set.
func nodesWork(ctx context.Context, c config.Config) []finding {
	if c.Redis == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	f := finding{what: "Redis", mend: "check REDIS_URL, and that Redis 6.2 or newer runs there (apt-get install redis-server)"}
	r, err := bus.Connect(c.Redis)
	if err != nil {
		f.err = err
		return []finding{f}
	}
	defer r.Close()
	info, err := r.Info(ctx, "server").Result()
	if f.err = err; err == nil {
		f.detail, f.err = "answers", r.Eval(ctx, "return redis.call('TIME')", nil).Err()
		if _, v, ok := strings.Cut(info, "redis_version:"); ok {
			f.detail = fmt.Sprintf("%s answers, and runs scripts", strings.TrimSpace(strings.SplitN(v, "\n", 2)[0]))
		}
	}
	if f.err != nil {
		f.err = errors.New("it does not answer: " + f.err.Error())
	}
	return []finding{f}
}
