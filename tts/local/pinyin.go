package local

import (
	"strings"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"

	"parley/tts/marks"
)

// phrases are words whose characters have another reading elsewhere, which the
// table of single characters gets wrong. Tones are the dictionary's.
var phrases = func() map[string][]string {
	m := map[string][]string{}
	for line := range strings.Lines(`银行 yin2 hang2
行业 hang2 ye4
行列 hang2 lie4
行长 hang2 zhang3
分行 fen1 hang2
支行 zhi1 hang2
央行 yang1 hang2
重庆 chong2 qing4
重新 chong2 xin1
重复 chong2 fu4
重启 chong2 qi3
重置 chong2 zhi4
重试 chong2 shi4
音乐 yin1 yue4
乐器 yue4 qi4
快乐 kuai4 le4
长度 chang2 du4
长期 chang2 qi1
多长 duo1 chang2
长时间 chang2 shi2 jian1
增长 zeng1 zhang3
店长 dian4 zhang3
便宜 pian2 yi5
还是 hai2 shi4
还有 hai2 you3
还要 hai2 yao4
还会 hai2 hui4
还能 hai2 neng2
还可以 hai2 ke2 yi3
还没 hai2 mei2
退还 tui4 huan2
归还 gui1 huan2
还款 huan2 kuan3
还钱 huan2 qian2
为了 wei4 le5
为什么 wei4 shen2 me5
因为 yin1 wei4
认为 ren4 wei2
作为 zuo4 wei2
成为 cheng2 wei2
为您 wei4 nin2
得到 de2 dao4
获得 huo4 de2
取得 qu3 de2
觉得 jue2 de5
记得 ji4 de5
只有 zhi3 you3
只要 zhi3 yao4
只能 zhi3 neng2
只是 zhi3 shi4
调整 tiao2 zheng3
调查 diao4 cha2
应该 ying1 gai1
应用 ying4 yong4
供应 gong1 ying4
相应 xiang1 ying4
发票 fa1 piao4
头发 tou2 fa4
数据 shu4 ju4
数一数 shu3 yi4 shu3
干净 gan1 jing4
烘干 hong1 gan1
晾干 liang4 gan1
会计 kuai4 ji4
都是 dou1 shi4
首都 shou3 du1
着急 zhao2 ji2
好处 hao3 chu4
处理 chu3 li3
到处 dao4 chu4
传真 chuan2 zhen1
差别 cha1 bie2
出差 chu1 chai1
差不多 cha4 bu4 duo1
角色 jue2 se4
睡觉 shui4 jiao4
似的 shi4 de5
目的 mu4 di4
的确 di2 que4
地址 di4 zhi3
地方 di4 fang5
地区 di4 qu1
了解 liao3 jie3
弹性 tan2 xing4
背包 bei1 bao1
背面 bei4 mian4
转账 zhuan3 zhang4
倒闭 dao3 bi4
空调 kong1 tiao2
空白 kong4 bai2
有空 you3 kong4
中奖 zhong4 jiang3
看中 kan4 zhong4
教程 jiao4 cheng2
参与 can1 yu4
参差 cen1 ci1
朝阳 chao2 yang2
称呼 cheng1 hu5
对称 dui4 chen4
冲洗 chong1 xi3
给予 ji3 yu3
供给 gong1 ji3
一会儿 yi2 hui4 er2
尽快 jin3 kuai4
尽量 jin3 liang4
尽管 jin3 guan3
累计 lei3 ji4
单据 dan1 ju4
西藏 xi1 zang4
收藏 shou1 cang2
省份 sheng3 fen4
厦门 xia4 men2
成都 cheng2 du1
大夫 dai4 fu5
答应 da1 ying5
率先 shuai4 xian1
效率 xiao4 lv4
费率 fei4 lv4
利率 li4 lv4
投保 tou2 bao3
保险 bao3 xian3
模样 mu2 yang4
血压 xue4 ya1
量一下 liang2 yi2 xia4
测量 ce4 liang2
质量 zhi4 liang4
什么 shen2 me5
怎么 zen3 me5
多少 duo1 shao5
朋友 peng2 you5
先生 xian1 sheng5
谢谢 xie4 xie5
我们 wo3 men5
您好 nin2 hao3
不客气 bu2 ke4 qi5
没关系 mei2 guan1 xi5
没有 mei2 you3
充电 chong1 dian4
耳机 er3 ji1
`) {
		f := strings.Fields(line)
		m[f[0]] = f[1:]
	}
	return m
}()

const longestPhrase = 4 // characters

// light are particles without a tone.
var light = map[rune]string{'的': "de5", '了': "le5", '吗': "ma5", '呢': "ne5", '吧': "ba5", '啊': "a5", '们': "men5", '么': "me5", '着': "zhe5", '地': "de5", '得': "de5", '幺': "yao1"}

// syllable is one character's sound; "" is punctuation, which is in mark.
type syllable struct {
	r    rune
	said string
	mark string
}

// spell writes Chinese in numbered pinyin, with the tones that change in speech.
func spell(text string) string {
	ss := read(text)
	sandhi(ss)
	var b strings.Builder
	for _, s := range ss {
		if s.said != "" && b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(s.said + s.mark)
	}
	return b.String()
}

func read(text string) []syllable {
	args := pinyin.NewArgs()
	args.Style = pinyin.Tone3
	var ss []syllable
	for i := 0; i < len(text); {
		if sounds, n := phrase(text[i:]); n > 0 {
			for k, r := range []rune(text[i : i+n]) {
				ss = append(ss, syllable{r: r, said: sounds[k]})
			}
			i += n
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		i += n
		if !marks.Han(r) {
			ss = append(ss, syllable{r: r, mark: punctuation(r)})
			continue
		}
		said := light[r]
		if said == "" {
			if found := pinyin.SinglePinyin(r, args); len(found) > 0 {
				said = strings.ReplaceAll(found[0], "ü", "v")
			}
		}
		if said != "" && !strings.ContainsRune("12345", rune(said[len(said)-1])) {
			said += "5"
		}
		if said != "" {
			ss = append(ss, syllable{r: r, said: said})
		}
	}
	return ss
}

// phrase is the longest phrase that text begins with, and its bytes.
func phrase(text string) (sounds []string, n int) {
	end := 0
	for range longestPhrase {
		if end >= len(text) {
			break
		}
		_, w := utf8.DecodeRuneInString(text[end:])
		end += w
		if p, ok := phrases[text[:end]]; ok {
			sounds, n = p, end
		}
	}
	return sounds, n
}

func punctuation(r rune) string {
	switch r {
	case '。', '.':
		return "."
	case '！', '!':
		return "!"
	case '？', '?':
		return "?"
	case '，', '、', '；', '：', ',', ';', ':', '（', '）', '(', ')', '—', '…':
		return ","
	}
	return ""
}

// sandhi gives 不 and 一 the tone that the next syllable asks for. (espeak-ng
// changes third tones by itself.) A digit 一 among digits keeps its own.
func sandhi(ss []syllable) {
	for i := range ss {
		if i+1 == len(ss) || ss[i+1].said == "" {
			continue
		}
		next := ss[i+1].said[len(ss[i+1].said)-1]
		switch {
		case ss[i].r == '不' && next == '4':
			ss[i].said = "bu2"
		case ss[i].r == '一' && counting(ss, i):
		case ss[i].r == '一' && next == '4':
			ss[i].said = "yi2"
		case ss[i].r == '一' && next != '5':
			ss[i].said = "yi4"
		}
	}
}

// counting reports whether the 一 at i is a digit or a place in a row.
func counting(ss []syllable, i int) bool {
	const digits = "零一二三四五六七八九幺十点"
	if strings.ContainsRune(digits+"月日号", ss[i+1].r) {
		return true
	}
	return i > 0 && strings.ContainsRune(digits+"第", ss[i-1].r)
}
