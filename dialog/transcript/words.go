package transcript

import "strings"

// words are what stands between the parties' own, in English and Chinese.
var words = map[string][2]string{
	"file":          {"conversation", "对话记录"},
	"title":         {"Your conversation", "对话记录"},
	"with":          {"Your conversation with ", "您与{}的对话"},
	"number":        {"Conversation", "对话编号"},
	"started":       {"Began", "开始时间"},
	"zone":          {"Times", "时区"},
	"ai":            {"Messages marked “AI” were written or spoken by an AI assistant.", "标有“AI”的内容由智能客服生成。"},
	"you":           {"You", "您"},
	"customer":      {"Customer", "客户"},
	"bot":           {"AI assistant", "AI 智能客服"},
	"(bot)":         {"(AI)", "（AI）"},
	"agent":         {"Agent", "人工客服"},
	"system":        {"Notice", "系统提示"},
	"spoken":        {"spoken", "语音"},
	"cut":           {"Interrupted here: only what was heard is written down.", "说到这里被打断，只记录了听到的内容。"},
	"shown":         {"Shown in the chat", "聊天中显示"},
	"source":        {"Source", "来源"},
	"picture":       {"Picture", "图片"},
	"no picture":    {"Picture: not available any more", "图片：已不可用"},
	"more":          {"Picture: left out, the transcript would be too long", "图片：为控制大小未收录"},
	"comma":         {", ", "，"},
	"colon":         {": ", "："},
	"picture shows": {"Read from the picture: ", "图片识别结果："},
	"whole":         {"End of the transcript.", "记录到此结束。"},
	"broken":        {"This transcript is not complete: the rest could not be read. Please download it again.", "记录不完整：后面的内容未能读取，请重新下载。"},
	"empty":         {"Nothing has been said yet.", "还没有任何内容。"},

	"call began":            {"A call began.", "通话开始。"},
	"call ended":            {"The call ended.", "通话结束。"},
	"transfer queued":       {"A person was asked for.", "已请求人工客服。"},
	"transfer conference":   {"A person joined.", "人工客服已加入。"},
	"transfer completed":    {"A person took over.", "人工客服已接手。"},
	"transfer returned":     {"The AI assistant took over again.", "已转回智能客服。"},
	"transfer failed":       {"No person could be reached.", "未能接通人工客服。"},
	"conversation sleeping": {"The conversation rested.", "对话暂时休眠。"},
	"conversation closed":   {"The conversation ended.", "对话已结束。"},
	"identifier order":      {"order number", "订单号"},
	"identifier tracking":   {"tracking number", "运单号"},
	"identifier serial":     {"serial number", "序列号"},
	"identifier error":      {"error code", "错误代码"},
	"identifier reference":  {"reference", "编号"},
	"identifier amount":     {"amount", "金额"},
	"identifier date":       {"date", "日期"},
}

func (h Head) chinese() bool {
	l := strings.ToLower(h.Language)
	return strings.HasPrefix(l, "zh") || strings.HasPrefix(l, "yue") || strings.HasPrefix(l, "cmn")
}

// say gives words in the language, "" where there are none.
func (h Head) say(key string) string {
	if h.chinese() {
		return words[key][1]
	}
	return words[key][0]
}

// title names the conversation.
func (h Head) title() string {
	switch {
	case h.Company == "" || !h.Mine:
		if h.Company != "" {
			return h.Company
		}
		return h.say("title")
	case h.chinese():
		return strings.ReplaceAll(h.say("with"), "{}", h.Company)
	}
	return h.say("with") + h.Company
}
