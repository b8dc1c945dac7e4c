package serve

// practiceScript is what a practice customer says: first to the bot, to the end of which a person
// is asked for, then to the person.
type practiceScript struct {
	name   string   // of the customer, so that every list says what it is
	bot    []string // the last asks for a person
	again  string   // asks once more
	person []string
	bye    string // nobody came
}

// scripts by language.
var scripts = map[string]practiceScript{
	"en": {
		name:   "Practice customer",
		bot:    []string{"How long does delivery take?", "Can I return my headphones?", "I would like to speak to a person, please."},
		again:  "Please let me speak to a person.",
		person: []string{"Hello, thank you for taking this. My headphones from last week have not arrived.", "Yes, I ordered them last Tuesday.", "That is all I wanted to know. Thank you, goodbye."},
		bye:    "All right, I will try again later. Goodbye.",
	},
	"zh-CN": {
		name:   "练习顾客",
		bot:    []string{"你好，请问标准配送要几天？", "耳机不喜欢的话可以退货吗？", "我想找人工客服。"},
		again:  "请帮我转人工。",
		person: []string{"你好，谢谢您接待。我上周买的耳机一直没有到。", "对，是上周二下的单。", "好的，没有别的问题了。谢谢，再见。"},
		bye:    "好的，我晚点再联系。再见。",
	},
}
