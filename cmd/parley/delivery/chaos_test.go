package delivery

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// chaos is a proxy as bad as a train's network and the portal before it: it delays, cuts,
// answers in the server's place, loses answers and sends requests twice.
type chaos struct {
	server string // host and port
	client *http.Client
	mu     sync.Mutex
	rnd    *rand.Rand
	wg     sync.WaitGroup // sockets
	twice  sync.WaitGroup // requests that nobody waits for
	done   chan struct{}

	counts map[string]*atomic.Int64
}

// faults are how many of a thousand requests each befalls.
var faults = []struct {
	name string
	of   int
}{{"bad gateway", 25}, {"refused", 15}, {"answer lost", 30}, {"answer cut", 15}, {"sent twice", 40}, {"portal", 10}, {"too many", 10}}

func newChaos(t *testing.T, server string) (*chaos, string) {
	p := &chaos{server: strings.TrimPrefix(server, "http://"), client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}},
		rnd: rand.New(rand.NewPCG(4, 2)), done: make(chan struct{}), counts: map[string]*atomic.Int64{"sockets": {}, "sockets cut": {}, "sockets dead": {}}}
	for _, f := range faults {
		p.counts[f.name] = &atomic.Int64{}
	}
	s := httptest.NewServer(p)
	t.Cleanup(func() {
		close(p.done)
		s.CloseClientConnections()
		s.Close()
		p.twice.Wait()
		p.wg.Wait()
		p.client.CloseIdleConnections()
	})
	return p, s.URL
}

// wait until all that was sent twice has arrived.
func (p *chaos) wait() { p.twice.Wait() }

// told is what it did.
func (p *chaos) told() string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(p.counts)) {
		out = append(out, fmt.Sprintf("%s %d", name, p.counts[name].Load()))
	}
	return strings.Join(out, ", ")
}

func (p *chaos) n(most int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rnd.IntN(most)
}

// sleep waits, a tenth of the time for long.
func (p *chaos) sleep() {
	d := time.Duration(p.n(3)) * time.Millisecond
	if p.n(10) == 0 {
		d *= 10
	}
	time.Sleep(d)
}

func (p *chaos) fault() string {
	n := p.n(1000)
	for _, f := range faults {
		if n -= f.of; n < 0 {
			p.counts[f.name].Add(1)
			return f.name
		}
	}
	return ""
}

func (p *chaos) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") != "" {
		p.socket(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	p.sleep()
	what := p.fault()
	switch what {
	case "bad gateway":
		http.Error(w, "<h1>502</h1>", http.StatusBadGateway)
		return
	case "refused":
		panic(http.ErrAbortHandler)
	case "portal":
		_, _ = io.WriteString(w, "<html>please accept our terms</html>")
		return
	case "too many":
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	case "sent twice":
		p.twice.Go(func() { _, _, _ = p.forward(r, body) })
	}
	res, answer, err := p.forward(r, body)
	if err != nil || what == "answer lost" {
		panic(http.ErrAbortHandler)
	}
	p.sleep()
	for k, v := range res.Header {
		w.Header()[k] = v
	}
	w.WriteHeader(res.StatusCode)
	if what == "answer cut" {
		_, _ = w.Write(answer[:len(answer)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(answer)
}

func (p *chaos) forward(r *http.Request, body []byte) (*http.Response, []byte, error) {
	u := url.URL{Scheme: "http", Host: p.server, Path: r.URL.Path, RawQuery: r.URL.RawQuery}
	q, err := http.NewRequest(r.Method, u.String(), bytes.NewReader(body)) // goes on when the client has gone
	if err != nil {
		return nil, nil, err
	}
	q.Header = r.Header.Clone()
	res, err := p.client.Do(q)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	return res, answer, err
}

// socket carries a WebSocket for so many bytes, and then cuts it wherever that is, or
// carries nothing more without a word.
func (p *chaos) socket(w http.ResponseWriter, r *http.Request) {
	p.counts["sockets"].Add(1)
	p.sleep()
	far, err := net.Dial("tcp", p.server)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer far.Close()
	near, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	defer near.Close()
	p.wg.Add(1)
	defer p.wg.Done()
	go func() { // the end of all ends this
		<-p.done
		_ = near.Close()
		_ = far.Close()
	}()
	if err := r.Write(far); err != nil {
		return
	}
	p.wg.Go(func() { _, _ = io.Copy(far, near); _ = far.Close() })
	budget := 300 + p.n(40_000)
	in, buf := bufio.NewReader(far), make([]byte, 2000)
	for budget > 0 {
		n, err := in.Read(buf)
		if err != nil {
			return
		}
		if p.n(20) == 0 {
			p.sleep()
		}
		if _, err := near.Write(buf[:min(n, budget)]); err != nil {
			return
		}
		budget -= n
	}
	if p.n(8) == 0 {
		p.counts["sockets dead"].Add(1)
		_, _ = io.Copy(io.Discard, in) // until somebody gives it up
		return
	}
	p.counts["sockets cut"].Add(1)
}
