// Every sentence of the admin page, in both languages.

const en = {
  title: 'Parley Admin', language: '中文', scheme: 'Light or dark', skip: 'Skip to content', menu: 'Menu', signOut: 'Sign out', shop: 'Customer page',
  email: 'E-mail', password: 'Password', signIn: 'Sign in', signInLead: 'For the people who look after the assistant.', signInWrong: 'That e-mail and password do not fit together.', signInSlow: 'Too many attempts from here. Wait a moment.',
  expired: 'Your session has ended. Sign in again; nothing is lost.', noRight: 'Your role cannot see this page.', noRightMore: 'An administrator can change that under Staff.',
  nav: { documents: 'Documents', try: 'Try it', gaps: 'Gaps', phrasings: 'Phrasings', bot: 'Bot', tools: 'Tools', engines: 'Engines', staff: 'Staff', costs: 'Costs', audit: 'Audit' },
  groups: { knowledge: 'Knowledge', behaviour: 'Behaviour', company: 'Company' },
  lead: {
    documents: 'What the assistant knows. It says nothing that is not here.', try: 'What would be found and why, beside a conversation with the assistant.',
    gaps: 'Questions of customers that found no answer, most frequent first.', phrasings: 'Other ways customers ask for a passage. Approved ones help to find it.',
    bot: 'How the assistant presents itself and when it brings a person.', tools: 'What the assistant can look up and do in your systems.',
    engines: 'Who thinks, hears and speaks. The first that works serves, the next is the fallback. Changes hold from the next sentence on.',
    staff: 'Who may sign in, and as what.', costs: 'What models were used for in the last thirty days, by day (UTC). Prices are those set under Engines.', audit: 'Who did what, and when.',
  },
  loading: 'Loading…', retry: 'Try again', failed: 'This could not be loaded', offline: 'The server does not answer', offlineMore: 'It may be restarting. This page goes on when it is back.',
  save: 'Save', saved: 'Saved', cancel: 'Cancel', close: 'Close', remove: 'Remove', edit: 'Edit', add: 'Add', back: 'Back', more: 'Show more', copy: 'Copy', unsaved: 'Not saved yet', search: 'Search', of: 'of', by: 'by', never: 'never', none: 'none', yes: 'Yes', no: 'No',
  docs: {
    empty: 'No documents yet', emptyMore: 'Drop files here, give an address, or write one. PDF, Word, PowerPoint, Excel, CSV, HTML, Markdown and text are read.',
    drop: 'Drop files to add them', dropMore: 'or choose them', addFile: 'Upload', addURL: 'From address', write: 'Write', filter: 'Filter by title', noMatch: 'No title contains this',
    name: 'Title', state: 'State', version: 'Version', passages: 'Passages', updated: 'Changed', size: 'Size', source: 'Source', lang: 'Language', bytes: 'bytes',
    states: { queued: 'Waiting', reading: 'Reading', ready: 'Ready', failed: 'Failed', draft: 'Draft' }, uploading: 'Uploading', uploaded: 'Uploaded', url: 'Address of a page or file', urlHint: 'Private addresses are refused.', fetch: 'Fetch',
    newTitle: 'New document', text: 'Text', textHint: 'Markdown. A heading begins a passage; short passages are found best.', saveDraft: 'Save draft', publish: 'Publish', publishNew: 'Publish now', discard: 'Discard draft', draftSaved: 'Draft saved. Customers still get the published text.',
    published: 'Published. It is answered from now on.', tabs: { text: 'Text', changes: 'Changes', questions: 'Questions', versions: 'Versions' }, noDraft: 'No draft', noDraftMore: 'Change the text and save it as a draft to see the differences before customers do.',
    unchanged: 'lines unchanged', show: 'Show', now: 'Published', then: 'Draft', questionsLead: 'Recent customer questions that would be answered otherwise', noQuestions: 'No recent question would be answered otherwise', before: 'Answered now with', after: 'Then with', nothing: 'Nothing: the question would become a gap', asked: 'asked', times: 'times',
    current: 'Current', restore: 'Bring back', restored: 'Brought back. It is answered from now on.', compare: 'Compare', versionOf: 'Version', confirmDelete: 'Remove this document?', confirmDeleteMore: 'Its text, drafts and versions are removed, and answers from it end at once.', failedWhy: 'Why it failed', noVersions: 'Nothing was published yet', quoted: 'Cited passage',
    vectors: { found: 'passages are found by meaning too', rest: 'the others by words until theirs are made', refused: 'are not taken by the embedding engine', stalled: 'The embedding engine fails; search goes by words meanwhile.' },
  },
  tryIt: {
    searchTitle: 'Search', searchLabel: 'What a customer might ask', searchHint: 'Type a question to see the passages it finds.', nothing: 'Nothing found', nothingMore: 'The assistant would say so, and the question would stand in the gaps.', coverage: 'of the question’s words', likeness: 'alike in sound or spelling', words: 'Found by', open: 'Open document', score: 'Score',
    chatTitle: 'Test conversation', chatHint: 'Write as a customer would. Nothing here reaches real customers.', fresh: 'Start over', write: 'Write as a customer', send: 'Send', you: 'Customer', bot: 'Assistant', source: 'Source', thinking: 'thinking…', searchSame: 'Search for this too', lost: 'Connection lost. Reconnecting…', over: 'This conversation is over.',
  },
  gaps: { empty: 'No open gaps', emptyMore: 'Every question so far found an answer.', count: 'Asked', last: 'Last', write: 'Write an answer', close: 'Take off', question: 'Question', conversations: 'conversations', closed: 'Taken off the list.' },
  phrasings: { empty: 'Nothing to approve', emptyMore: 'Phrasings come from resolved conversations, and from the model when there is one.', approve: 'Approve', reject: 'Reject', asks: 'A customer may ask', finds: 'and should find', from: { conversation: 'from a conversation', model: 'written by the model' } },
  bot: {
    name: 'Name', company: 'Company', languages: 'Languages', languagesHint: 'Tags as en or zh-CN; the first is the usual one.', greeting: 'Greeting', greetingHint: 'That an AI speaks is always said, greeting or not. Empty: the standard greeting.', persona: 'Manner', personaHint: 'For the model: how it speaks. Without a model it has no effect.',
    rules: 'Rules', rulesHint: 'For the model, one per line.', handoff: 'When to bring a person', failures: 'Unanswered questions in a row', topics: 'Topics for people', topicsHint: 'One per line: words = topic. When a customer says the words, a person comes.', vip: 'Customers who always get a person', vipHint: 'Their signed ids, one per line.', emergency: 'What to call first in an emergency', emergencyHint: 'One per line: language = number, as en = 999.',
    hours: 'When people are there', zone: 'Time zone', zoneHint: 'As Asia/Shanghai. Empty: always. Outside these hours customers hear when people are back.', open: 'Open', openHint: 'One per line: mon-fri = 09:00-18:00.', holidays: 'Holidays', holidaysHint: 'One date per line, as 2026-10-01.',
    history: 'History', restore: 'Bring back', current: 'Current', file: 'The configuration file', fromFile: 'These settings are the configuration file’s. Saving makes a version that holds instead.', fromPage: 'Set here. The configuration file is overridden.', backToFile: 'Back to the file’s settings', applied: 'Saved. It holds from the next reply on.', view: 'View', version: 'Version', who: 'Who', when: 'When', basics: 'Presentation', start: 'since the start',
  },
  tools: { empty: 'No tools', emptyMore: 'Connect business systems under tools: in the configuration file, as MCP servers or HTTP endpoints.', read: 'Looks up', change: 'Changes', tryIt: 'Try', level: ['anybody', 'identified customers', 'verified customers'], who: 'For', source: 'Source', states: { ready: 'Ready', resting: 'Resting after failures', unreachable: 'Not reachable', wrong: 'Described wrongly' }, args: 'Arguments', confirm: 'This really changes something in the business system', customer: 'For customer (id)', result: 'Result', run: 'Run', refused: 'The system refused', invalid: 'This field is not right:', private: 'procedures only', noArgs: 'It takes no arguments.', required: 'required' },
  engines: {
    roles: { llm: 'Language model', asr: 'Hearing', tts: 'Voice', vision: 'Pictures', embed: 'Embeddings' },
    about: { llm: 'Understands and words the answers. Offline: sentences of the documents.', asr: 'Turns speech into text.', tts: 'Speaks the answers.', vision: 'Reads pictures of customers.', embed: 'Finds passages by meaning, beside words. The first is used.' },
    file: 'from the configuration file', page: 'set here', backToFile: 'Back to the file’s settings', add: 'Add engine', none: 'None set', later: 'Not available in this version.', engine: 'Engine', url: 'Address', model: 'Model', voice: 'Voice', langs: 'Languages', langsHint: 'Tags, separated by commas. Empty: all.', preset: 'Provider', presetHint: 'Knows address and usual model of a provider.', key: 'Key', keySet: 'A key is kept. Leave empty to keep it.', keyLost: 'The kept key cannot be opened on this machine: give it again.', keyNone: 'Stored sealed, never shown again.',
    up: 'Earlier', down: 'Later', tryIt: 'Test', tryModel: 'Ask it something', tryVoice: 'Let it say', tryEmbed: 'Embed a sentence', tryEars: 'Record, or choose a file', record: 'Record', stop: 'Stop and test', file2: 'Choose audio', tryEyes: 'Let it read a picture', picture: 'Choose a picture', tooLarge: 'The picture may have 8 MB here.', working: 'Testing…', works: 'Works', fails: 'Does not work', first: 'first after', total: 'in total', heard: 'Heard', applied: 'Applied. It serves from the next sentence on.', order: ['First', 'Then'], last: 'Last resort', offlineNote: 'Built in, needs no network.', sampleAsk: 'Say hello in one sentence.', sampleSay: 'Good morning. How can I help you?', embedNote: 'Applied. Passages get their vectors in the background; until then they are found by words.', noMic: 'No microphone here: choose a file instead.', micBarred: 'The browser gives no microphone to this address; choose a file instead.',
  },
  staff: { name: 'Name', role: 'Role', roles: { agent: 'Agent', supervisor: 'Supervisor', admin: 'Administrator' }, can: { agent: 'Serves customers; reads knowledge and settings', supervisor: 'Also changes knowledge and settings', admin: 'Also engines and staff' }, queues: 'Queues', skills: 'Skills', wordsHint: 'Separated by spaces.', add: 'Add person', you: 'you', password: 'Password', passwordHint: 'At least 8 characters.', newPassword: 'New password', newPasswordHint: 'Empty: stays. A new one ends the person’s sessions.', confirmRemove: 'Remove this person?', confirmRemoveMore: 'Their sessions end at once. What they did stays in the audit.', since: 'Since', generate: 'Generate', edit: 'Change' },
  costs: { empty: 'Nothing used yet', emptyMore: 'When a model answers, what it read, wrote and cost stands here.', day: 'Day', model: 'Model', requests: 'Requests', read: 'Tokens read', written: 'Tokens written', cost: 'Cost', total: 'Total' },
  audit: { when: 'When', who: 'Who', what: 'What', from: 'From', details: 'Details', csv: 'Download CSV', filter: 'Show', everything: 'Everything', kinds: { 'document.': 'Documents', 'bot.': 'Bot', 'engines.': 'Engines', 'user.': 'Staff', 'tool.': 'Tools', login: 'Sign-ins', 'conversation.': 'Conversations' }, empty: 'Nothing was done yet', system: 'system' },
}

export type Words = typeof en

const zh: Words = {
  title: 'Parley 管理', language: 'English', scheme: '浅色或深色', skip: '跳到内容', menu: '菜单', signOut: '退出登录', shop: '客户页面',
  email: '邮箱', password: '密码', signIn: '登录', signInLead: '供管理助手的人员使用。', signInWrong: '邮箱与密码不匹配。', signInSlow: '尝试次数过多，请稍候再试。',
  expired: '登录已过期，请重新登录，内容不会丢失。', noRight: '您的角色不能查看此页。', noRightMore: '管理员可以在“人员”中更改。',
  nav: { documents: '文档', try: '试一试', gaps: '缺口', phrasings: '问法', bot: '机器人', tools: '工具', engines: '引擎', staff: '人员', costs: '费用', audit: '审计' },
  groups: { knowledge: '知识', behaviour: '行为', company: '公司' },
  lead: {
    documents: '助手所知道的一切。这里没有的，它不会说。', try: '看看会找到什么、为什么，旁边可以直接和助手对话。',
    gaps: '没有找到答案的客户问题，最常见的在前。', phrasings: '客户对同一内容的其他问法，批准后更容易找到。',
    bot: '助手如何介绍自己，何时转人工。', tools: '助手能在您的业务系统里查什么、做什么。',
    engines: '由谁思考、听和说。第一个可用的优先，其余依次备用。更改从下一句话起生效。',
    staff: '谁可以登录，以什么身份。', costs: '最近三十天模型的用量和费用，按天（UTC）统计。单价在“引擎”中设置。', audit: '谁在什么时候做了什么。',
  },
  loading: '正在加载…', retry: '重试', failed: '无法加载', offline: '服务器没有回应', offlineMore: '可能正在重启，恢复后本页会自动继续。',
  save: '保存', saved: '已保存', cancel: '取消', close: '关闭', remove: '删除', edit: '编辑', add: '添加', back: '返回', more: '显示更多', copy: '复制', unsaved: '尚未保存', search: '搜索', of: '共', by: '操作人', never: '从未', none: '无', yes: '是', no: '否',
  docs: {
    empty: '还没有文档', emptyMore: '把文件拖到这里，填写网址，或直接编写。支持 PDF、Word、PowerPoint、Excel、CSV、HTML、Markdown 和纯文本。',
    drop: '松开即可添加文件', dropMore: '或选择文件', addFile: '上传', addURL: '从网址', write: '编写', filter: '按标题筛选', noMatch: '没有标题包含此内容',
    name: '标题', state: '状态', version: '版本', passages: '段落', updated: '更改时间', size: '大小', source: '来源', lang: '语言', bytes: '字节',
    states: { queued: '等待中', reading: '读取中', ready: '可用', failed: '失败', draft: '草稿' }, uploading: '正在上传', uploaded: '已上传', url: '网页或文件的网址', urlHint: '不接受内网地址。', fetch: '获取',
    newTitle: '新文档', text: '正文', textHint: 'Markdown 格式。标题开始新的段落；段落短小更容易被找到。', saveDraft: '保存草稿', publish: '发布', publishNew: '立即发布', discard: '丢弃草稿', draftSaved: '草稿已保存，客户看到的仍是已发布的内容。',
    published: '已发布，从现在起按此回答。', tabs: { text: '正文', changes: '更改', questions: '问题', versions: '版本' }, noDraft: '没有草稿', noDraftMore: '修改正文并保存为草稿，就能在客户之前看到差异。',
    unchanged: '行未改动', show: '显示', now: '已发布', then: '草稿', questionsLead: '最近会得到不同回答的客户问题', noQuestions: '最近的问题都不受影响', before: '现在依据', after: '之后依据', nothing: '没有依据：该问题会成为缺口', asked: '问过', times: '次',
    current: '当前', restore: '恢复', restored: '已恢复，从现在起按此回答。', compare: '比较', versionOf: '版本', confirmDelete: '删除此文档？', confirmDeleteMore: '正文、草稿和各版本都会删除，助手立即不再引用。', failedWhy: '失败原因', noVersions: '还没有发布过', quoted: '引用的段落',
    vectors: { found: '个段落可按含义查找', rest: '其余在向量完成前按用词查找', refused: '个段落不被向量引擎接受', stalled: '向量引擎出错，暂时只按用词查找。' },
  },
  tryIt: {
    searchTitle: '搜索', searchLabel: '客户可能会问什么', searchHint: '输入一个问题，看看会找到哪些段落。', nothing: '没有找到', nothingMore: '助手会如实说明，并把问题列入缺口。', coverage: '问题用词命中', likeness: '读音或拼写相近', words: '命中词', open: '打开文档', score: '得分',
    chatTitle: '测试对话', chatHint: '像客户一样提问，不会影响真实客户。', fresh: '重新开始', write: '以客户身份输入', send: '发送', you: '客户', bot: '助手', source: '来源', thinking: '思考中…', searchSame: '同时搜索这句话', lost: '连接中断，正在重连…', over: '这段对话已结束。',
  },
  gaps: { empty: '没有未解决的缺口', emptyMore: '到目前为止，每个问题都找到了答案。', count: '提问次数', last: '最近', write: '编写答案', close: '移出列表', question: '问题', conversations: '段对话', closed: '已移出列表。' },
  phrasings: { empty: '没有待批准的问法', emptyMore: '问法来自已解决的对话；配置了模型时也由模型编写。', approve: '批准', reject: '拒绝', asks: '客户可能会问', finds: '应当找到', from: { conversation: '来自对话', model: '由模型编写' } },
  bot: {
    name: '名称', company: '公司', languages: '语言', languagesHint: '语言标签，例如 en 或 zh-CN；第一个为默认。', greeting: '问候语', greetingHint: '无论是否设置，都会说明对方是 AI。留空则用标准问候。', persona: '语气', personaHint: '供模型使用：以什么方式说话。没有模型时不起作用。',
    rules: '规则', rulesHint: '供模型使用，每行一条。', handoff: '何时转人工', failures: '连续未能回答的问题数', topics: '由人工处理的话题', topicsHint: '每行一条：用语 = 话题。客户说到这些用语时转人工。', vip: '始终由人工接待的客户', vipHint: '经签名的客户编号，每行一个。', emergency: '紧急情况先拨打', emergencyHint: '每行一条：语言 = 号码，例如 zh-CN = 120。',
    hours: '人工服务时间', zone: '时区', zoneHint: '例如 Asia/Shanghai。留空表示全天。其他时间会告诉客户何时恢复人工服务。', open: '服务时间', openHint: '每行一条：mon-fri = 09:00-18:00。', holidays: '节假日', holidaysHint: '每行一个日期，例如 2026-10-01。',
    history: '历史', restore: '恢复', current: '当前', file: '配置文件', fromFile: '目前使用配置文件中的设置。保存后由新版本代替。', fromPage: '在此设置，优先于配置文件。', backToFile: '恢复为配置文件的设置', applied: '已保存，从下一次回复起生效。', view: '查看', version: '版本', who: '操作人', when: '时间', basics: '介绍', start: '自启动以来',
  },
  tools: { empty: '没有工具', emptyMore: '在配置文件的 tools: 下以 MCP 服务器或 HTTP 接口连接业务系统。', read: '查询', change: '更改', tryIt: '试用', level: ['任何人', '已识别的客户', '已验证的客户'], who: '适用于', source: '来源', states: { ready: '可用', resting: '多次失败，暂停中', unreachable: '无法连接', wrong: '描述有误' }, args: '参数', confirm: '这会真正更改业务系统中的数据', customer: '客户编号', result: '结果', run: '执行', refused: '系统拒绝了请求', invalid: '此字段不正确：', private: '仅限流程', noArgs: '不需要参数。', required: '必填' },
  engines: {
    roles: { llm: '语言模型', asr: '听', tts: '说', vision: '看图', embed: '向量' },
    about: { llm: '理解问题并组织回答。离线时使用文档中的原句。', asr: '把语音变成文字。', tts: '把回答说出来。', vision: '读取客户发来的图片。', embed: '除用词外，按含义查找段落。只使用第一个。' },
    file: '来自配置文件', page: '在此设置', backToFile: '恢复为配置文件的设置', add: '添加引擎', none: '未设置', later: '此版本不提供。', engine: '引擎', url: '地址', model: '模型', voice: '声音', langs: '语言', langsHint: '语言标签，用逗号分隔。留空表示全部。', preset: '服务商', presetHint: '自动填入该服务商的地址和常用模型。', key: '密钥', keySet: '已保存密钥，留空即保留。', keyLost: '已保存的密钥无法在这台机器上解开，请重新填写。', keyNone: '加密保存，不再显示。',
    up: '提前', down: '靠后', tryIt: '测试', tryModel: '问它一句', tryVoice: '让它说', tryEmbed: '计算一句话的向量', tryEars: '录音，或选择文件', record: '录音', stop: '停止并测试', file2: '选择音频', tryEyes: '让它看一张图片', picture: '选择图片', tooLarge: '此处图片不能超过 8 MB。', working: '正在测试…', works: '可用', fails: '不可用', first: '首个结果', total: '总计', heard: '听到', applied: '已应用，从下一句话起生效。', order: ['首选', '其次'], last: '最后备用', offlineNote: '内置，无需网络。', sampleAsk: '用一句话打个招呼。', sampleSay: '早上好，请问有什么可以帮您？', embedNote: '已应用。段落的向量在后台计算，完成前按用词查找。', noMic: '没有麦克风，请选择文件。', micBarred: '浏览器不允许此网址使用麦克风，请选择文件。',
  },
  staff: { name: '姓名', role: '角色', roles: { agent: '坐席', supervisor: '主管', admin: '管理员' }, can: { agent: '接待客户，查看知识和设置', supervisor: '还可更改知识和设置', admin: '还可管理引擎和人员' }, queues: '队列', skills: '技能', wordsHint: '用空格分隔。', add: '添加人员', you: '您', password: '密码', passwordHint: '至少 8 个字符。', newPassword: '新密码', newPasswordHint: '留空则不变。设置新密码会结束此人的登录。', confirmRemove: '删除此人？', confirmRemoveMore: '其登录立即失效，操作记录仍保留在审计中。', since: '加入时间', generate: '生成', edit: '更改' },
  costs: { empty: '尚无用量', emptyMore: '模型回答后，这里显示它读写的内容量和费用。', day: '日期', model: '模型', requests: '请求数', read: '读入词元', written: '写出词元', cost: '费用', total: '合计' },
  audit: { when: '时间', who: '操作人', what: '操作', from: '来自', details: '详情', csv: '下载 CSV', filter: '显示', everything: '全部', kinds: { 'document.': '文档', 'bot.': '机器人', 'engines.': '引擎', 'user.': '人员', 'tool.': '工具', login: '登录', 'conversation.': '对话' }, empty: '还没有任何操作', system: '系统' },
}

export const adminWords = { en, 'zh-CN': zh }
