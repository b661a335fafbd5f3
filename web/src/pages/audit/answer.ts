/** cell writes a value of an answer. */
export function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : String(Math.round(value * 1e6) / 1e6)
  return String(value)
}

/** half picks a language's half of a text that the API says in both, "中文 / English"; what is one text stays whole. */
export function half(text: string, lang: 'zh' | 'en'): string {
  const at = text.indexOf(' / ')
  if (at < 0 || !/[\u4e00-\u9fff]/.test(text.slice(0, at))) return text
  return lang === 'en' ? text.slice(at + 3) : text.slice(0, at)
}
