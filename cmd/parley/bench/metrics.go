package bench

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// metrics are samples of /metrics by name and labels, as the text format writes them.
type metrics map[string]float64

func (s *server) metrics(ctx context.Context) (metrics, error) {
	b, _, err := s.do(ctx, http.MethodGet, "/metrics", "", "", "")
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	return parseMetrics(string(b)), nil
}

func parseMetrics(text string) metrics {
	m := metrics{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		i := strings.LastIndexByte(line, ' ')
		if i < 0 || strings.HasPrefix(line, "#") {
			continue
		}
		if v, err := strconv.ParseFloat(line[i+1:], 64); err == nil {
			m[line[:i]] = v
		}
	}
	return m
}

// gained is what the samples have grown by since an earlier look.
func (m metrics) gained(since metrics) metrics {
	out := metrics{}
	for k, v := range m {
		out[k] = v - since[k]
	}
	return out
}

// quantile of a histogram, between its bounds by interpolation; 0 when it is empty.
func (m metrics) quantile(name string, q float64) float64 {
	type bin struct{ bound, count float64 }
	var bins []bin
	for k, v := range m {
		if rest, ok := strings.CutPrefix(k, name+`_bucket{le="`); ok {
			if bound, err := strconv.ParseFloat(strings.TrimSuffix(rest, `"}`), 64); err == nil {
				bins = append(bins, bin{bound, v})
			}
		}
	}
	slices.SortFunc(bins, func(a, b bin) int { return int(math.Copysign(1, a.bound-b.bound)) })
	all, last := m[name+"_count"], bin{}
	for _, b := range bins {
		if math.IsInf(b.bound, 1) || all == 0 {
			break
		}
		if b.count >= q*all {
			if b.count == last.count {
				return b.bound
			}
			return last.bound + (b.bound-last.bound)*(q*all-last.count)/(b.count-last.count)
		}
		last = b
	}
	return last.bound
}
