package desk

import (
	"fmt"
	"strings"
	"time"
)

// words of a line, in English or Chinese. n is the place in the queue, wait the expected one.
func words(l Line, language string, n int, wait time.Duration) string {
	lower := strings.ToLower(language)
	zh := strings.HasPrefix(lower, "zh") || strings.HasPrefix(lower, "yue") || strings.HasPrefix(lower, "cmn")
	pick := func(en, han string) string {
		if zh {
			return han
		}
		return en
	}
	switch l {
	case LineWaiting:
		return pick("I have asked a colleague to join, with everything you told me. "+placeEnglish(n, wait)+" I stay with you meanwhile: ask me anything, or say “never mind” to go on with me.",
			"已为您请人工同事，您说的情况都转过去了。"+placeHan(n, wait)+"等待期间我会一直在，有问题可以继续问我；不想等了，说“算了”就可以。")
	case LinePlace:
		return pick(placeEnglish(n, wait)+" Thank you for waiting.", placeHan(n, wait)+"感谢您的耐心等待。")
	case LineBack:
		return pick(placeEnglish(n, wait)+" If you would rather not wait on the line, say “call me back”: you keep your place, and I call you when it is your turn.",
			placeHan(n, wait)+"如果不想一直等，可以说“给我回电”：位置会为您保留，轮到您时我会打给您。")
	case LineNobody:
		return pick("I am sorry, none of my colleagues is here right now. I can take down a call back or a message for them, or go on helping you myself.",
			"很抱歉，现在没有同事在岗。我可以为您登记回电或留言，也可以继续帮您处理。")
	case LineFailed:
		return pick("I am sorry, no colleague could come to you just now. I can take down a call back or a message for them, or go on helping you myself.",
			"很抱歉，同事们暂时都无法接待您。我可以为您登记回电或留言，也可以继续帮您处理。")
	case LineAgain:
		return pick("My colleague's connection is gone. I am asking another one, who gets everything you told us; you are first in line.",
			"刚才同事的连接断开了，我正在请另一位同事接待，您说的情况都会转过去，您排在最前面。")
	case LineLost:
		return pick("I am sorry, my colleague's line is cut off. Please hold on a moment.", "很抱歉，同事的线路中断了，请稍等片刻。")
	case LineWarned:
		return pick("Please speak respectfully with my colleague. If this goes on, my colleague will leave this conversation.",
			"请您文明用语，尊重我们的同事。如果继续这样，同事将结束与您的对话。")
	case LineReleased:
		return pick("My colleague has left this conversation because of how they were spoken to. I, the AI assistant, go on helping you with your matter.",
			"由于刚才的言辞，同事已退出此次对话。您的问题由我（AI 智能助手）继续帮您处理。")
	case LineReturned:
		return pick("You are talking with me, the AI assistant, again. What else can I do for you?",
			"接下来由我（AI 智能助手）继续为您服务，请问还有什么可以帮您？")
	}
	return ""
}

func placeEnglish(n int, wait time.Duration) string {
	if n <= 1 {
		return "You are next in line" + aboutEnglish(wait) + "."
	}
	return fmt.Sprintf("You are number %d in line%s.", n, aboutEnglish(wait))
}

func aboutEnglish(wait time.Duration) string {
	switch m := minutes(wait); {
	case wait <= 0:
		return ""
	case m == 1:
		return ", about a minute"
	default:
		return fmt.Sprintf(", about %d minutes", m)
	}
}

func placeHan(n int, wait time.Duration) string {
	about := ""
	if wait > 0 {
		about = fmt.Sprintf("，预计等待约 %d 分钟", minutes(wait))
	}
	if n <= 1 {
		return "您排在第一位" + about + "。"
	}
	return fmt.Sprintf("您前面还有 %d 位%s。", n-1, about)
}

func minutes(d time.Duration) int { return max(1, int((d+59*time.Second)/time.Minute)) }

// Words tells a customer who asks how it stands.
func Words(language string, n int, wait time.Duration) string {
	return words(LinePlace, language, n, wait)
}
