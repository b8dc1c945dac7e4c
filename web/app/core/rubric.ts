// What conversations are scored by, and its sentences in both languages.
import { call } from './desk'
import type { Locale } from './locale'

export const criteria = ['greeting', 'understanding', 'correctness', 'tone', 'resolution', 'compliance'] as const
export type Criterion = (typeof criteria)[number]
export type Wordings = Record<string, string[]>
export interface Phrase { name: string; any: Wordings; when?: Wordings }
export interface RubricBody { weights: Partial<Record<Criterion, number>>; required: Phrase[]; forbidden: Phrase[]; off: string[] }
export interface Rubric extends RubricBody { version: number }
export interface Grade { criterion: Criterion; score: number; seq?: number; fault?: string; overruled?: boolean; by?: string }
export interface Review { conversation: string; total: number; grades: Grade[] }

// faults are those that the rules look for, by what they count for.
export const faults: Record<Criterion, string[]> = {
  greeting: ['no_greeting'], understanding: ['misunderstood', 'customer_again', 'asked_again'], correctness: ['wrong_number', 'against_source'], tone: ['rude', 'shouting', 'no_empathy'],
  resolution: ['left_open', 'no_answer', 'gave_up', 'needless_transfer'], compliance: ['no_disclosure', 'promise', 'secret_asked'],
}

// toLines and fromLines are wordings as people write them: one a line.
export const toLines = (w?: string[]) => (w ?? []).join('\n')
export const fromLines = (text: string) => text.split('\n').map((l) => l.trim()).filter(Boolean)

// cleaned is a rubric as the server is given it: without empty lists of wordings.
export function cleaned(r: RubricBody): RubricBody {
  const words = (w?: Wordings) => Object.fromEntries(Object.entries(w ?? {}).map(([l, ws]) => [l, ws.map((x) => x.trim()).filter(Boolean)]).filter(([, ws]) => ws!.length > 0)) as Wordings
  const phrase = (p: Phrase): Phrase => {
    const when = words(p.when)
    return { name: p.name.trim(), any: words(p.any), ...(Object.keys(when).length ? { when } : {}) }
  }
  return { weights: r.weights, required: r.required.map(phrase), forbidden: r.forbidden.map((p) => phrase({ ...p, when: undefined })), off: r.off }
}

// share is how much of the whole a weight is, in percent.
export function share(r: RubricBody, c: Criterion): number {
  const sum = criteria.reduce((n, k) => n + (r.weights[k] ?? 0), 0)
  return sum ? Math.round((100 * (r.weights[c] ?? 0)) / sum) : 0
}

export const rubric = {
  get: () => call<Rubric>('GET', '/v1/quality/rubric'),
  put: (r: Rubric) => call<Rubric>('PUT', '/v1/quality/rubric', { version: r.version, ...cleaned(r) }),
  preview: (conversation: string, r: RubricBody) => call<Review>('POST', `/v1/conversations/${encodeURIComponent(conversation)}/quality/preview`, cleaned(r)),
  now: (conversation: string) => call<Review>('GET', `/v1/conversations/${encodeURIComponent(conversation)}/quality`),
}

const en = {
  title: 'Rubric', lead: 'What conversations are scored by. A change holds for conversations that end from now on.', weights: 'What counts, and how much', weightsTold: '0 leaves a criterion out.', share: (n: number) => `${n}% of the score`,
  required: 'Must be said', requiredTold: 'A sentence is kept when one of its wordings was said by the bot or a person.', forbidden: 'Must not be said', forbiddenTold: 'Nobody of the company may say any of these.', name: 'Name', en: 'In English, one wording a line', zh: 'In Chinese, one wording a line',
  when: 'Only once one of these was said', whenTold: 'Leave empty when it is always due.', whenEn: 'Said in English, one a line', whenZh: 'Said in Chinese, one a line', add: 'Add a sentence', remove: (n: string) => `Remove ${n || 'this sentence'}`, faults: 'Faults that are looked for',
  preview: 'Try it on a conversation', pick: 'Conversation', none: 'No conversation has ended in this time.', now: 'Now', then: 'With these changes', total: 'Score', notScored: '–', trying: 'Scoring…', save: 'Save', saved: 'Saved.', version: (n: number) => (n ? `This is version ${n}.` : 'This is Parley’s own, not changed so far.'), conflict: 'Somebody else saved a rubric meanwhile. Close this, open it again, and repeat your change.', failed: 'That did not work.', changed: 'Not saved yet', loading: 'Loading…',
}
const zh: typeof en = {
  title: '评分表', lead: '会话按此评分。修改只对此后结束的会话生效。', weights: '评什么，占多少', weightsTold: '填 0 表示不评这一项。', share: (n) => `占总分 ${n}%`,
  required: '必须说的话', requiredTold: '机器人或人工说过其中任意一种说法，就算做到了。', forbidden: '禁止说的话', forbiddenTold: '公司任何人都不得这样说。', name: '名称', en: '英文说法，每行一种', zh: '中文说法，每行一种',
  when: '仅当有人说过下列词语时才必须说', whenTold: '每次都必须说的，请留空。', whenEn: '英文触发词，每行一个', whenZh: '中文触发词，每行一个', add: '添加一句', remove: (n) => `删除${n ? `“${n}”` : '这一句'}`, faults: '检查哪些问题',
  preview: '用一个会话试一试', pick: '会话', none: '此期间没有已结束的会话。', now: '现在', then: '修改后', total: '得分', notScored: '–', trying: '评分中…', save: '保存', saved: '已保存。', version: (n) => (n ? `当前为第 ${n} 版。` : '当前为系统默认，尚未修改。'), conflict: '其他人刚刚保存了评分表。请关闭后重新打开，再改一次。', failed: '操作没有成功。', changed: '尚未保存', loading: '加载中…',
}
export type RubricWords = typeof en
export const rubricWords: Record<Locale, RubricWords> = { en, 'zh-CN': zh }
