package serve

import (
	"fmt"
	"io"
	"net"
	"strings"
)

// greet tells the person at the terminal where to go and what works here.
func (s *server) greet(out io.Writer, addr net.Addr) {
	scheme := "http"
	if s.c.TLS.On() {
		scheme = "https"
	}
	port := ""
	if a, ok := addr.(*net.TCPAddr); ok {
		port = fmt.Sprint(a.Port)
	}
	host := s.c.TLS.Domain
	if host == "" {
		host = "localhost"
	}
	fmt.Fprintf(out, "\nParley is ready:  %s://%s:%s/   open it and press Call\n", scheme, host, port)
	if scheme == "http" {
		fmt.Fprintf(out, "  From another machine browsers give no microphone to plain HTTP. On that machine:\n    ssh -N -L %s:localhost:%s %s   and open http://localhost:%s/\n", port, port, "THIS-MACHINE", port)
	}
	fmt.Fprintf(out, "  API: %s://%s:%s/docs\n", scheme, host, port)
	for _, l := range s.fresh {
		fmt.Fprintf(out, "  sign in: %-18s %-12s %s\n", l.email, l.role, l.password)
	}
	fmt.Fprintln(out)
	for _, c := range s.capabilities().Languages {
		voice, ear := "voice ready", "speech recognised"
		if !c.Speaks {
			voice = "no voice installed"
		}
		if !c.Hears {
			ear = "speech not recognised: customers type, or add FunASR or Vosk (see parley doctor)"
		}
		fmt.Fprintf(out, "  %-6s %s; %s\n", c.Tag, voice, ear)
	}
	model := "offline: answers come from the passages alone"
	if len(s.live.c.LLM) > 0 && s.live.c.LLM[0].Engine == "openai" {
		model = s.live.c.LLM[0].Model
	}
	fmt.Fprintf(out, "  model  %s\n  store  %s, %d passages of knowledge\n  media  UDP %s%s\n\n", model, s.store.Name(), s.index.Len(), s.rtc.Addr(),
		strings.Repeat(" and TCP on the same port", b2i(s.c.RTC.TCP)))
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
