package bargein

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"parley/media"
)

// sample is one sound of the data: what it is, and when it is loud within its file.
type sample struct {
	File     string
	Language string // "-" is no speech
	Text     string
	Stop     bool // it must stop the bot
	onset    media.CallTime
	end      media.CallTime
	pcm      []int16
}

// kind of the sound, as its file is named.
func (s sample) kind() string {
	switch {
	case strings.HasPrefix(s.File, "bc_"):
		return "backchannel"
	case strings.HasPrefix(s.File, "stop_cut_"):
		return "hard onset"
	case strings.HasPrefix(s.File, "stop_"):
		return "command"
	}
	kind := strings.Split(strings.TrimPrefix(s.File, "noise_"), "_")[0]
	for _, k := range []string{"cough", "throat", "breath", "keyboard", "click", "door"} {
		if kind == k {
			return kind
		}
	}
	return "recording"
}

// generate makes the sounds with the data's own script, unless they are there.
func generate(ctx context.Context, data, out string, seed int) (string, error) {
	dir := filepath.Join(out, "backchannels")
	if _, err := os.Stat(filepath.Join(dir, "manifest.tsv")); err == nil {
		return dir, nil
	}
	cmd := exec.CommandContext(ctx, "python3", filepath.Join(data, "backchannels.py"), out, "--seed", strconv.Itoa(seed))
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("bargein: backchannels.py: %w", err)
	}
	return dir, nil
}

// load reads the sounds of a folder.
func load(dir string) ([]sample, error) {
	f, err := os.Open(filepath.Join(dir, "manifest.tsv"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []sample
	in := bufio.NewScanner(f)
	in.Scan() // the names of the columns
	for in.Scan() {
		c := strings.Split(in.Text(), "\t")
		if len(c) < 6 {
			return nil, fmt.Errorf("bargein: %s: a line of %d columns", f.Name(), len(c))
		}
		s := sample{File: c[0], Language: c[1], Text: c[2], Stop: c[3] == "1"}
		if s.onset, err = seconds(c[4]); err != nil {
			return nil, err
		}
		if s.end, err = seconds(c[5]); err != nil {
			return nil, err
		}
		if s.pcm, err = readWAV(filepath.Join(dir, s.File)); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, in.Err()
}

func seconds(s string) (media.CallTime, error) {
	v, err := strconv.ParseFloat(s, 64)
	return media.CallTime(v * media.SampleRate), err
}

// readWAV reads a 16 kHz mono file of 16 bit.
func readWAV(file string) ([]int16, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for at := 12; at+8 <= len(b); {
		size := int(binary.LittleEndian.Uint32(b[at+4:]))
		if body := b[at+8:]; string(b[at:at+4]) == "data" {
			body = body[:min(size, len(body))]
			pcm := make([]int16, len(body)/2)
			for i := range pcm {
				pcm[i] = int16(binary.LittleEndian.Uint16(body[2*i:]))
			}
			return pcm, nil
		}
		at += 8 + size + size&1
	}
	return nil, fmt.Errorf("bargein: %s: no samples", file)
}
