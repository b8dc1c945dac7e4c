// Every sentence of the supervisors' page, in both languages.
import type { Locale } from './locale'
import type { FigureName, Unit, Why } from './wall'

const en = {
  title: 'Parley Supervisor', lead: 'For those who look after the people and the bot.', language: '中文', scheme: 'Light or dark', signOut: 'Sign out', loading: 'Loading…', noRight: 'This page is for supervisors.', noRightMore: 'An administrator can change your role.',
  lost: 'The server does not answer. What you see is how it was; the page goes on when it is back.', figures: 'Today', conversations: 'Live conversations', sorted: 'the riskiest first', held: 'order kept while you point here', people: 'People',
  figure: { waiting: 'Waiting', longest_wait: 'Longest wait', service_level: 'Service level', abandoned: 'Abandoned today', containment: 'By the bot alone', risk: 'Highest risk' } as Record<FigureName, string>,
  of: (n: number) => `of ${n}`, nothingYet: 'nothing yet', live: 'Live', calls: (n: number) => `${n} ${n === 1 ? 'call' : 'calls'}`, chats: (n: number) => `${n} ${n === 1 ? 'chat' : 'chats'}`,
  filter: { all: 'All', waiting: 'Waiting', voice: 'Calls', chat: 'Chats', risk: 'At risk' } as Record<string, string>, none: 'No conversation is going on', noneMore: 'Calls and chats appear here as they begin.', noneFilter: 'None of the live conversations is like this',
  why: {
    wait: (n: number) => `waits ${span(n)}`, sentiment: (n: number) => (n >= 70 ? 'very angry' : 'angry'), repetition: (n: number) => `repeated ×${n}`, silence: (n: number) => `silent ${span(n)}`, transfer: (n: number) => `transfer failed ×${n}`,
  } as Record<Why, (n: number) => string>,
  risk: 'Risk', riskOver: 'Risk over the last minutes', bot: 'Bot', queue: 'Queue', visitor: 'Visitor', practice: 'Practice', call: 'Call', chat: 'Chat', ended: 'ended', said: { customer: 'Customer', bot: 'Bot', agent: 'Agent', system: 'System' } as Record<string, string>,
  alert: (figure: string, value: string, below: boolean, limit: string) => `${figure} is ${value}: ${below ? 'below' : 'at or over'} ${limit}`, since: 'since', alerts: 'Alerts', snooze: 'Snooze', snoozed: (until: string, by: string, why: string) => `quiet until ${until}${by ? ` · ${by}` : ''}: ${why}`, wake: 'Wake', snoozeTitle: 'Keep this alert quiet?', snoozeWhy: 'Why? It is kept in the audit.', snoozeFor: 'For', minutes: (n: number) => (n < 60 ? `${n} min` : `${n / 60} h`), cancel: 'Cancel',
  listen: 'Listen', watch: 'Watch', listening: 'You are listening. Nobody hears you.', whispering: (who: string) => `You are heard by ${who} alone. The customer does not hear you.`, whisperNobody: 'You whisper, but no agent is in this call: nobody hears you.', talking: 'You are heard by everybody in this call, the customer too.', talkingMuted: 'You are in this call, muted: nobody hears you.', theAgent: 'the agent',
  modes: { listen: 'Listen', whisper: 'Whisper', talk: 'Barge in' }, stop: 'Stop listening', mute: 'Mute', unmute: 'Unmute', heard: (ms: number) => `first sound after ${ms} ms`, line: { connecting: 'Audio is connecting…', ready: 'Audio is ready', lost: 'Audio is cut; it is connecting again…' }, noMic: 'The browser gives no microphone. Allow it in the address bar and try again.',
  alsoHere: (n: string) => `Also here: ${n}`, inMode: { listen: 'listens', whisper: 'whispers', talk: 'speaks' } as Record<string, string>, listenedBy: (n: string) => `Listened to by ${n}`, takeOver: 'Take over', back: 'To the bot', toQueue: 'To a queue', close: 'Close', actions: 'Change who has it', took: 'You have it now.', backDone: 'The bot has it again.', queued: 'A person is being asked.', closed: 'Closed.', closeTitle: 'Close this conversation?', closeMore: 'The customer is told that it is over; a call is hung up.', pickQueue: 'Which queue?', openDesk: 'Open the desk',
  note: 'Private note to the agent', noteHint: 'Only colleagues see this', send: 'Send', pick: 'Nothing is watched', pickMore: 'Choose a conversation: you see what is said, and in calls you hear it.', transcript: 'What is said', back2: 'Back to the list',
  practiceMenu: 'Practice customer', practiceCall: (l: string) => `Calls, in ${l}`, practiceChat: (l: string) => `Writes, in ${l}`, practiceTold: 'A practice customer is coming. It asks for a person at the end: open the desk in another window.', languages: { en: 'English', 'zh-CN': 'Chinese' } as Record<string, string>,
  status: { available: 'Available', away: 'Away', offline: 'Offline', offered: 'Being asked', busy: 'Busy', wrapup: 'Wrap-up', reconnecting: 'Reconnecting' } as Record<string, string>, set: (who: string) => `Set the status of ${who}`, load: (chats: number, calls: number) => [chats && `${chats} ${chats === 1 ? 'chat' : 'chats'}`, calls && `${calls} ${calls === 1 ? 'call' : 'calls'}`].filter(Boolean).join(', '), nobody: 'Nobody is signed up yet', failed: 'That did not work', done: 'Done',
}

const zh: typeof en = {
  title: 'Parley 主管', lead: '供管理坐席与机器人的主管使用。', language: 'English', scheme: '浅色或深色', signOut: '退出登录', loading: '加载中…', noRight: '此页面仅供主管使用。', noRightMore: '管理员可以更改您的角色。',
  lost: '服务器没有响应。现在显示的是之前的情况，恢复后页面会继续。', figures: '今日', conversations: '进行中的会话', sorted: '风险高的在前', held: '光标停留期间保持顺序', people: '人员',
  figure: { waiting: '等待人数', longest_wait: '最长等待', service_level: '服务水平', abandoned: '今日放弃', containment: '机器人独立完成', risk: '最高风险' },
  of: (n) => `共 ${n}`, nothingYet: '暂无数据', live: '进行中', calls: (n) => `${n} 通电话`, chats: (n) => `${n} 个文字会话`,
  filter: { all: '全部', waiting: '等待中', voice: '通话', chat: '文字', risk: '有风险' }, none: '当前没有进行中的会话', noneMore: '有新的通话或文字会话时会显示在这里。', noneFilter: '没有符合条件的会话',
  why: { wait: (n) => `等待 ${span(n)}`, sentiment: (n) => (n >= 70 ? '非常生气' : '生气'), repetition: (n) => `重复 ×${n}`, silence: (n) => `沉默 ${span(n)}`, transfer: (n) => `转接失败 ×${n}` },
  risk: '风险', riskOver: '最近几分钟的风险', bot: '机器人', queue: '排队', visitor: '访客', practice: '练习', call: '通话', chat: '文字', ended: '已结束', said: { customer: '客户', bot: '机器人', agent: '坐席', system: '系统' },
  alert: (figure, value, below, limit) => `${figure} ${value}，${below ? '低于' : '已达到'} ${limit}`, since: '自', alerts: '告警', snooze: '暂停提醒', snoozed: (until, by, why) => `静音至 ${until}${by ? ` · ${by}` : ''}：${why}`, wake: '恢复提醒', snoozeTitle: '暂停此告警？', snoozeWhy: '原因（会记入审计）', snoozeFor: '时长', minutes: (n) => (n < 60 ? `${n} 分钟` : `${n / 60} 小时`), cancel: '取消',
  listen: '监听', watch: '查看', listening: '您正在监听，没有人能听到您。', whispering: (who) => `只有${who}能听到您，客户听不到。`, whisperNobody: '您在耳语，但通话中没有坐席：没有人能听到您。', talking: '通话中的所有人都能听到您，包括客户。', talkingMuted: '您已加入通话并静音：没有人能听到您。', theAgent: '坐席',
  modes: { listen: '监听', whisper: '耳语', talk: '强插' }, stop: '停止监听', mute: '静音', unmute: '取消静音', heard: (ms) => `${ms} 毫秒后听到声音`, line: { connecting: '音频连接中…', ready: '音频已就绪', lost: '音频中断，正在重新连接…' }, noMic: '浏览器未允许使用麦克风。请在地址栏中允许后重试。',
  alsoHere: (n) => `同时在听：${n}`, inMode: { listen: '监听', whisper: '耳语', talk: '发言' }, listenedBy: (n) => `${n} 正在监听`, takeOver: '接管', back: '交还机器人', toQueue: '转到队列', close: '结束', actions: '更改负责人', took: '会话已由您接管。', backDone: '已交还机器人。', queued: '正在寻找坐席。', closed: '已结束。', closeTitle: '结束此会话？', closeMore: '客户会得知会话已结束；通话会被挂断。', pickQueue: '转到哪个队列？', openDesk: '打开坐席页面',
  note: '给坐席的内部备注', noteHint: '只有同事能看到', send: '发送', pick: '未选择会话', pickMore: '选择一个会话即可查看内容；通话还可以监听。', transcript: '会话内容', back2: '返回列表',
  practiceMenu: '练习顾客', practiceCall: (l) => `打电话（${l}）`, practiceChat: (l) => `发消息（${l}）`, practiceTold: '练习顾客马上就来，最后会要求转人工：请在另一个窗口打开坐席页面。', languages: { en: '英语', 'zh-CN': '中文' },
  status: { available: '在线', away: '小休', offline: '离线', offered: '振铃中', busy: '忙碌', wrapup: '话后整理', reconnecting: '重连中' }, set: (who) => `设置 ${who} 的状态`, load: (chats, calls) => [chats && `${chats} 个会话`, calls && `${calls} 通电话`].filter(Boolean).join('，'), nobody: '还没有人员', failed: '操作失败', done: '完成',
}

// span is seconds as a clock.
function span(s: number): string {
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`
}

// value is a figure in words.
export function value(v: number | null, unit: Unit): string {
  if (v === null) return '–'
  if (unit === 'ms') return span(Math.floor(v / 1000))
  return unit === 'percent' ? `${v}%` : String(v)
}

export const wallWords: Record<Locale, typeof en> = { en, 'zh-CN': zh }
export type WallWords = typeof en
