// Every sentence of the page that plays a conversation, in both languages.
import type { Locale } from './locale'

const en = {
  title: 'Conversation', back: 'Back to the wall', missing: 'Which conversation? The address names none.', gone: 'There is no such conversation, or it is not yours to see.', failed: 'The conversation could not be read', again: 'Try again', loading: 'Loading…', visitor: 'Visitor', link: 'Wave form and transcript',
  timeline: 'All that happened', calls: 'Calls', call: (n: number, at: string) => `Call ${n} · ${at}`, none: 'No call of this conversation was recorded', noneMore: 'What was written is on this page.', running: 'The call goes on: this is what is recorded so far.', player: 'Recording',
  fetching: 'The recording is on its way…', drawing: (p: number) => `Wave form ${p} %`, noRecording: 'There is no recording of this call any more', cannotPlay: 'This browser cannot play the recording',
  play: 'Play', pause: 'Pause', back5: 'Back 5 seconds', on5: 'On 5 seconds', speed: 'Speed', position: 'Position', keys: 'Space plays, ← and → go 5 seconds, / searches', at: (now: string, all: string) => `${now} of ${all}`,
  lanes: { left: 'Customer', right: 'What the customer heard' }, search: 'Search the transcript', hits: (n: number, all: number) => (all ? `${n} of ${all}` : 'not found'), next: 'Next', former: 'Previous', follow: 'Follow the sound', transcript: 'Transcript', marks: 'Marks', silent: 'Nothing was said in this call', from: (at: string) => `from ${at}`,
  party: { customer: 'Customer', bot: 'Bot', agent: 'Agent', system: 'System' } as Record<string, string>, interrupted: 'Interrupted', keyed: (k: string) => `Keys ${k}`, picture: 'A picture is asked for', recording: { begins: 'Recording begins', on: 'Recording goes on', off: 'Recording is off' } as Record<string, string>,
  language: 'en', tool: { ok: 'Done', read: 'Looked up', refused: 'The system said no', failed: 'Did not work', unknown: 'Not known whether done' } as Record<string, string>,
  transfer: { queued: 'A person is asked for', consulting: 'A person is briefed', conference: 'A person joins', completed: 'A person has the call', returned: 'Back to the bot', abandoned: 'The customer stopped waiting', failed: 'Nobody came' } as Record<string, string>,
}

const zh: typeof en = {
  title: '会话', back: '返回看板', missing: '地址中没有指明会话。', gone: '没有这个会话，或您无权查看。', failed: '无法读取会话', again: '重试', loading: '加载中…', visitor: '访客', link: '波形与文字记录',
  timeline: '全部经过', calls: '通话', call: (n, at) => `通话 ${n} · ${at}`, none: '此会话没有通话录音', noneMore: '文字内容在本页显示。', running: '通话仍在进行，这是目前的录音。', player: '录音',
  fetching: '正在获取录音…', drawing: (p) => `波形 ${p} %`, noRecording: '这通电话的录音已不存在', cannotPlay: '此浏览器无法播放录音',
  play: '播放', pause: '暂停', back5: '后退 5 秒', on5: '前进 5 秒', speed: '速度', position: '位置', keys: '空格播放，← → 移动 5 秒，/ 搜索', at: (now, all) => `${now} / ${all}`,
  lanes: { left: '客户', right: '客户听到的' }, search: '搜索文字记录', hits: (n, all) => (all ? `${n} / ${all}` : '未找到'), next: '下一个', former: '上一个', follow: '跟随声音', transcript: '文字记录', marks: '标记', silent: '这通电话没有人说话', from: (at) => `从 ${at} 开始`,
  party: { customer: '客户', bot: '机器人', agent: '坐席', system: '系统' }, interrupted: '被打断', keyed: (k) => `按键 ${k}`, picture: '请求图片', recording: { begins: '开始录音', on: '继续录音', off: '停止录音' },
  language: 'zh-CN', tool: { ok: '已办理', read: '已查询', refused: '系统未通过', failed: '未成功', unknown: '结果待核实' },
  transfer: { queued: '请求人工', consulting: '正在向坐席说明', conference: '坐席加入', completed: '坐席已接手', returned: '交还机器人', abandoned: '客户放弃等待', failed: '无人接听' },
}

export type PlayerWords = typeof en
export const playerWords: Record<Locale, PlayerWords> = { en, 'zh-CN': zh }
