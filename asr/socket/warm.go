package socket

import (
	"context"
	"sync"
	"time"
)

const (
	maxIdle = 16               // connections kept ready
	beat    = 15 * time.Second // between signs of life of a connection that waits
	maxAge  = 10 * time.Minute // of a connection that waits
)

// Warm keeps a connection ready for a conversation that has just opened, until
// release. It opens the first one before it returns.
func (d *Dialer) Warm(ctx context.Context) (release func(), err error) {
	d.mu.Lock()
	d.open++
	if d.keep == nil {
		d.keep = d.newKeeper()
	}
	short := len(d.idle) < min(d.open, maxIdle)
	d.mu.Unlock()
	var once sync.Once
	release = func() { once.Do(d.release) }
	if short {
		l, err := d.dial(ctx)
		if err != nil {
			release()
			return nil, err
		}
		d.park(l)
	}
	return release, nil
}

// release ends what the conversation that has closed no longer needs.
func (d *Dialer) release() {
	d.mu.Lock()
	d.open--
	var k *keeper
	if d.open == 0 {
		k, d.keep = d.keep, nil
	}
	n := max(len(d.idle)-min(d.open, maxIdle), 0)
	old := append([]*link(nil), d.idle[:n]...)
	d.idle = append([]*link(nil), d.idle[n:]...)
	d.mu.Unlock()
	if k != nil {
		k.stop()
		<-k.done
	}
	for _, l := range old {
		l.close()
	}
}

// take gives a connection that is ready, or nil.
func (d *Dialer) take() *link {
	for {
		d.mu.Lock()
		n := len(d.idle) - 1
		if n < 0 {
			d.mu.Unlock()
			return nil
		}
		l := d.idle[n]
		d.idle = d.idle[:n]
		d.mu.Unlock()
		if l.fresh() {
			return l
		}
		l.close()
	}
}

// give takes a connection back after the utterance p, and sees that another is ready.
func (d *Dialer) give(l *link, p Protocol, sound bool) {
	if _, ok := p.(Follower); ok && sound {
		l.before = p
		d.park(l)
		return
	}
	l.close()
	d.mu.Lock()
	k := d.keep
	var suspect []*link
	if !sound { // those that wait may be dead too
		suspect, d.idle = d.idle, nil
	}
	d.mu.Unlock()
	for _, l := range suspect {
		l.close()
	}
	if k != nil {
		select {
		case k.poke <- struct{}{}:
		default:
		}
	}
}

// park makes a connection ready, or ends it when there are enough.
func (d *Dialer) park(l *link) {
	d.mu.Lock()
	room := len(d.idle) < min(d.open, maxIdle)
	if room {
		d.idle = append(d.idle, l)
	}
	d.mu.Unlock()
	if !room {
		l.close()
	}
}

// keeper is the goroutine that looks after connections that wait. The last
// conversation's release ends it and waits for it.
type keeper struct {
	stop context.CancelFunc
	done chan struct{}
	poke chan struct{} // one is missing
}

func (d *Dialer) newKeeper() *keeper {
	ctx, stop := context.WithCancel(context.Background())
	k := &keeper{stop: stop, done: make(chan struct{}), poke: make(chan struct{}, 1)}
	go func() {
		defer close(k.done)
		t := time.NewTicker(beat)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-k.poke:
			case <-t.C:
				d.weed(time.Now())
			}
			d.fill(ctx)
		}
	}()
	return k
}

// weed ends connections that are old or give no sign of life, and asks the others for one.
func (d *Dialer) weed(now time.Time) {
	d.mu.Lock()
	all := d.idle
	d.idle = nil
	d.mu.Unlock()
	for _, l := range all {
		if now.Sub(l.born) > maxAge || now.Sub(time.Unix(0, l.pong.Load())) > 2*beat || l.ping() != nil || !l.fresh() {
			l.close()
			continue
		}
		d.park(l)
	}
}

// fill opens what is missing. A server that refuses is asked again at the next beat.
func (d *Dialer) fill(ctx context.Context) {
	for {
		d.mu.Lock()
		enough := len(d.idle) >= min(d.open, maxIdle)
		d.mu.Unlock()
		if enough {
			return
		}
		l, err := d.dial(ctx)
		if err != nil {
			return
		}
		d.park(l)
	}
}
