import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'

export type Lang = 'zh' | 'en'

const kept = 'mingjing.lang'

function first(): Lang {
  const said = localStorage.getItem(kept)
  if (said === 'zh' || said === 'en') return said
  return 'zh'
}

void i18next.use(initReactI18next).init({
  lng: first(),
  fallbackLng: false,
  resources: {},
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false },
  react: { useSuspense: false },
})

/** lang is the language of the screen now. */
export const lang = (): Lang => (i18next.language === 'en' ? 'en' : 'zh')

/** speak changes the language of the whole screen at once and remembers it. */
export function speak(next: Lang): void {
  localStorage.setItem(kept, next)
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en'
  void i18next.changeLanguage(next)
}

/** useLang is the language of the screen; who uses it is drawn anew when it changes. */
export function useLang(): Lang {
  useTranslation()
  return lang()
}

/** both picks from a text that the API gives in both languages. */
export const both = (text: { zh?: string; en?: string } | undefined | null): string => (text ? (text[lang()] ?? text.zh ?? text.en ?? '') : '')

type Fill = Record<string, string | number>

/**
 * catalogue takes the words of one part of the screen, both languages side by
 * side as [zh, en], and gives the hook that speaks them. `{{name}}` in a text
 * is filled by the caller.
 */
export function catalogue<Words extends Record<string, readonly [zh: string, en: string]>>(name: string, words: Words) {
  const of = (at: 0 | 1) => Object.fromEntries(Object.entries(words).map(([key, pair]) => [key, pair[at]]))
  i18next.addResourceBundle('zh', name, of(0))
  i18next.addResourceBundle('en', name, of(1))
  const say = (key: keyof Words & string, fill?: Fill): string => i18next.t(key, { ns: name, ...fill })
  return {
    /** say speaks outside of components: in the language at that moment. */
    say,
    /** useWords gives say inside a component, drawn anew when the language changes. */
    useWords: () => {
      useTranslation(name)
      return say
    },
  }
}
