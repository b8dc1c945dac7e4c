package bus

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Times of a client, where its address says nothing else.
const (
	dialing = 2 * time.Second
	asking  = 2 * time.Second
)

// Connect gives a client for an address as go-redis reads them: redis://, rediss:// and
// unix:// are one server; with master_name= it is the Sentinels, with addr= a Cluster's
// nodes, further ones named by addr= both times. Nothing is asked of it yet. The error
// never holds the password. Close the client.
func Connect(address string) (redis.UniversalClient, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("bus: the address of Redis cannot be read (expected redis://user:password@host:6379/0)")
	}
	q := u.Query()
	quiet := &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	switch {
	case q.Has("master_name"):
		if q.Get("master_name") == "" {
			return nil, errors.New("bus: the address of Redis: master_name= is empty")
		}
		o, err := redis.ParseFailoverURL(address)
		if err != nil {
			return nil, refused(err)
		}
		o.ContextTimeoutEnabled = true
		o.DialerRetries = 1 // whoever asks is told, and asks again
		wait(&o.DialTimeout, dialing)
		wait(&o.ReadTimeout, asking)
		return redis.NewFailoverClient(o), nil
	case q.Has("addr"):
		o, err := redis.ParseClusterURL(address)
		if err != nil {
			return nil, refused(err)
		}
		o.ContextTimeoutEnabled, o.MaintNotificationsConfig = true, quiet
		o.DialerRetries = 1 // whoever asks is told, and asks again
		wait(&o.DialTimeout, dialing)
		wait(&o.ReadTimeout, asking)
		return redis.NewClusterClient(o), nil
	}
	o, err := redis.ParseURL(address)
	if err != nil {
		return nil, refused(err)
	}
	o.ContextTimeoutEnabled, o.MaintNotificationsConfig = true, quiet
	o.DialerRetries = 1
	wait(&o.DialTimeout, dialing)
	wait(&o.ReadTimeout, asking)
	return redis.NewClient(o), nil
}

func wait(d *time.Duration, is time.Duration) {
	if *d == 0 {
		*d = is
	}
}

// refused tells what is wrong without the address.
func refused(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return fmt.Errorf("bus: the address of Redis: %w", err)
}
