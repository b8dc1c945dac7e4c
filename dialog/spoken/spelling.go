package spoken

// nato are the words of the spelling alphabets in common use that stand for a letter by
// themselves.
var nato = map[string]string{"alpha": "A", "alfa": "A", "bravo": "B", "charlie": "C", "delta": "D", "echo": "E", "foxtrot": "F", "golf": "G", "hotel": "H", "india": "I", "juliet": "J", "juliett": "J", "kilo": "K", "lima": "L", "mike": "M",
	"november": "N", "oscar": "O", "papa": "P", "quebec": "Q", "romeo": "R", "sierra": "S", "tango": "T", "uniform": "U", "victor": "V", "whiskey": "W", "whisky": "W", "xray": "X", "yankee": "Y", "zulu": "Z"}

// letterNames are what recognisers write for a letter's name; they count among other
// letters and digits alone.
var letterNames = map[string]string{"ay": "A", "bee": "B", "be": "B", "see": "C", "sea": "C", "cee": "C", "dee": "D", "ee": "E", "ef": "F", "eff": "F", "gee": "G", "jee": "G", "aitch": "H", "haitch": "H", "eye": "I", "jay": "J", "kay": "K", "okay": "K", "el": "L", "ell": "L",
	"em": "M", "en": "N", "pee": "P", "pea": "P", "cue": "Q", "queue": "Q", "are": "R", "ar": "R", "ess": "S", "tee": "T", "tea": "T", "you": "U", "vee": "V", "ex": "X", "why": "Y", "wye": "Y", "zed": "Z", "zee": "Z", "zet": "Z"}

// parts are Chinese surnames as people describe them: 「弓长张」.
var parts = map[string]string{"弓长": "张", "木子": "李", "十八子": "李", "耳东": "陈", "古月": "胡", "双木": "林", "言午": "许", "口天": "吴", "立早": "章", "草头黄": "黄", "三横": "王", "三横一竖": "王", "文刀": "刘", "卯金刀": "刘", "木易": "杨",
	"人未": "余", "人禾": "余", "人则": "余", "美女": "姜", "西早": "谭", "言西早": "谭", "关耳": "郑", "走肖": "赵", "走叉": "赵", "双口": "吕", "双人": "徐", "余字双人": "徐", "三点水工": "江", "水工": "江", "雨田": "雷", "十口": "叶", "口十": "叶", "草办": "苏", "草头办": "苏",
	"马": "冯", "两点马": "冯", "二马": "冯", "刀口": "邵", "召耳": "邵", "千里": "董", "草重": "董", "草头重": "董", "竹均": "筠", "示申": "神", "丘八": "兵", "士心": "志", "日月": "明", "日立": "昱", "女子": "好", "草头将": "蒋", "草将": "蒋", "力口": "加", "禾火": "秋", "田力": "男",
	"干勾": "于", "方人": "施", "方也": "施", "子皿": "孟", "木寸": "村", "木土": "杜", "土木": "杜", "木每": "梅", "木公": "松", "木白": "柏", "古力": "劲", "山今": "岑", "山佳": "崔", "火火": "炎", "三日": "晶", "三金": "鑫", "三石": "磊", "三木": "森", "三水": "淼", "衣龙": "龚", "龙共": "龚", "龙天": "龚",
	"言永": "咏", "三点水番": "潘", "水番": "潘", "提手罗": "罗", "四夕": "罗", "四维": "罗", "车干": "轩", "革斤": "靳", "禾呈": "程", "禾口王": "程", "耳口王": "程", "禾日": "香", "白水": "泉", "白王": "皇", "王民": "珉", "走召": "超", "贝才": "财", "草田": "苗", "木对": "树", "米田共": "粪", "西女": "要", "言射": "谢", "言身寸": "谢", "言若": "诺", "章早立": "章", "广龙": "庞", "尸古": "居", "邑人": "邓", "又耳": "邓"}

// surnames are the commonest, compound ones first; a text of two to four characters
// that begins with one may be a name.
var surnames = []string{"欧阳", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯", "端木", "南宫"}

const commonSurnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟申欧耿关兰焦俞左柳甘祝包宁尚符舒阮纪梅童凌毕单季成霍苗谷盛曲翁冉蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾丘邸冀"
