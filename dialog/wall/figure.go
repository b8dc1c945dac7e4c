package wall

import (
	"fmt"
	"time"

	"parley/dialog/desk"
)

// Name of a figure.
type Name string

// The figures.
const (
	WaitingNow   Name = "waiting"
	LongestWait  Name = "longest_wait"
	ServiceLevel Name = "service_level"
	Abandoned    Name = "abandoned"
	Containment  Name = "containment"
	RiskMost     Name = "risk"
)

// Figure is a number of the wall with what it means.
type Figure struct {
	Name       Name              `json:"name" enum:"waiting,longest_wait,service_level,abandoned,containment,risk"`
	Value      *int64            `json:"value" doc:"null: there is nothing yet of which it could be"`
	Unit       string            `json:"unit" enum:"count,ms,percent,points"`
	Of         int64             `json:"of,omitempty" doc:"of how many a share is"`
	Definition map[string]string `json:"definition" doc:"by language: en, zh-CN"`
}

// now is what the desk says at a moment.
type now struct {
	waiting int
	longest time.Duration
	late    int // who wait longer than the target
	risk    int
}

// figures are those of the wall.
func (d *day) figures(n now, o Options) []Figure {
	p := func(v int64) *int64 { return &v }
	share := func(part, of int) *int64 {
		if of == 0 {
			return nil
		}
		return p(int64((100*part + of/2) / of))
	}
	call, chat := int(o.target(desk.Call).Seconds()), int(o.target(desk.Chat).Seconds())
	still := int(o.Still.Minutes())
	return []Figure{
		{WaitingNow, p(int64(n.waiting)), "count", 0, say("Customers who wait for a person now, also while somebody is being asked.", "此刻正在等待人工的客户，包括正在振铃的。")},
		{LongestWait, p(n.longest.Milliseconds()), "ms", 0, say("How long the one of them has waited who has waited longest.", "其中等待最久的客户已等了多久。")},
		{ServiceLevel, share(d.answered, d.counted+n.late), "percent", int64(d.counted + n.late), say(
			fmt.Sprintf("Of the customers for whom a person was asked today and who were answered, gave up after the target, found nobody, or are waiting past the target: the share answered within %d s (calls) or %d s (chats).", call, chat),
			fmt.Sprintf("今天请求人工、并已接通、超时后放弃、无人接听或仍在超时等待的客户中，在 %d 秒（通话）或 %d 秒（文字）内接通的比例。", call, chat))},
		{Abandoned, p(int64(d.left)), "count", 0, say("Customers who left today while they waited for a person.", "今天在等待人工期间离开的客户。")},
		{Containment, share(d.alone, d.over), "percent", int64(d.over), say(
			fmt.Sprintf("Of today's conversations that are over (closed, or nothing has happened for %d minutes): the share for which no person was asked.", still),
			fmt.Sprintf("今天已结束（已关闭，或 %d 分钟没有动静）的会话中，未请求过人工的比例。", still))},
		{RiskMost, p(int64(n.risk)), "points", 0, say("The risk of the live conversation that goes worst, 0 to 100: its wait, anger, repetition, silence and failed transfers together.",
			"当前风险最高的会话的风险值（0–100）：综合等待、情绪、重复、沉默与转接失败。")},
	}
}

func say(en, zh string) map[string]string { return map[string]string{"en": en, "zh-CN": zh} }
