package hours

import (
	"fmt"
	"strings"
	"time"
)

// Words say a time as Back gives it, as one would on the phone: "tomorrow at 9 a.m.,
// Shanghai time", 「北京时间明天上午9点」.
func (h Hours) Words(at, now time.Time, language string) string {
	now = now.In(at.Location())
	away := days(at) - days(now)
	if l := strings.ToLower(language); strings.HasPrefix(l, "zh") || strings.HasPrefix(l, "yue") || strings.HasPrefix(l, "cmn") {
		return h.zoneHan() + dayHan(at, away) + clockHan(at)
	}
	return dayEnglish(at, away) + clockEnglish(at) + h.zoneEnglish()
}

// days counts calendar days.
func days(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 3600))
}

func dayEnglish(at time.Time, away int) string {
	switch {
	case away == 0:
		return "today at "
	case away == 1:
		return "tomorrow at "
	case away < 7:
		return "on " + at.Format("Monday") + " at "
	}
	return "on " + at.Format("Monday, January 2,") + " at "
}

func clockEnglish(at time.Time) string {
	if at.Hour() == 12 && at.Minute() == 0 {
		return "noon"
	}
	s := at.Format("3")
	if at.Minute() > 0 {
		s = at.Format("3:04")
	}
	if at.Hour() < 12 {
		return s + " a.m."
	}
	return s + " p.m."
}

func (h Hours) zoneEnglish() string {
	z := h.Zone()
	z = strings.ReplaceAll(z[strings.LastIndex(z, "/")+1:], "_", " ")
	return ", " + z + " time"
}

func dayHan(at time.Time, away int) string {
	switch {
	case away == 0:
		return "今天"
	case away == 1:
		return "明天"
	case away == 2:
		return "后天"
	}
	week := "周" + []string{"日", "一", "二", "三", "四", "五", "六"}[at.Weekday()]
	if away < 7 {
		return week
	}
	return fmt.Sprintf("%d月%d日（%s）", at.Month(), at.Day(), week)
}

func clockHan(at time.Time) string {
	hour, part := at.Hour(), "上午"
	switch {
	case hour < 6:
		part = "凌晨"
	case hour == 12:
		part = "中午"
	case hour >= 18:
		hour, part = hour-12, "晚上"
	case hour > 12:
		hour, part = hour-12, "下午"
	}
	if at.Minute() == 0 {
		return fmt.Sprintf("%s%d点", part, hour)
	}
	return fmt.Sprintf("%s%d点%02d分", part, hour, at.Minute())
}

// zoneHan names zones that have a name in Chinese.
func (h Hours) zoneHan() string {
	switch h.Zone() {
	case "Asia/Shanghai", "Asia/Chongqing", "PRC":
		return "北京时间"
	case "Asia/Hong_Kong":
		return "香港时间"
	case "Asia/Taipei":
		return "台北时间"
	case "Asia/Singapore":
		return "新加坡时间"
	case "UTC":
		return "世界时"
	}
	return "公司当地时间"
}
