// The languages that our pages speak.
export type Locale = 'en' | 'zh-CN'

// preferred is the one that was chosen here, else the browser's.
export function preferred(): Locale {
  const saved = localStorage.getItem('parley.locale')
  if (saved === 'en' || saved === 'zh-CN') return saved
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

export function remember(l: Locale): void {
  localStorage.setItem('parley.locale', l)
}
