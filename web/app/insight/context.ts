import { createContext, useContext } from 'react'
import type { Locale } from '../core/locale'
import { insightWords, type InsightWords } from '../core/insightwords'

export interface Here {
  t: InsightWords
  locale: Locale
  q: (more?: Record<string, string>) => string // the period, as the server is asked
  open: (title: string, path: string) => void // the conversations behind something
}

export const InsightContext = createContext<Here>({ t: insightWords.en, locale: 'en', q: () => '', open: () => undefined })
export const useHere = () => useContext(InsightContext)
