import { lang } from '@/words/words'

// Made once: making one costs more than a hundred uses.
const short = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 })
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 6 })

/**
 * money writes an amount of yuan as people read it: 元 below ten thousand, then
 * 万元 and 亿元, with at most two decimals; exact in the tooltip (`exact`). In
 * English the same units are named, so that a column means one thing in both.
 */
export function money(yuan: number): string {
  const [n, zh, en] = Math.abs(yuan) >= 1e8 ? [yuan / 1e8, '亿元', '×10⁸ yuan'] : Math.abs(yuan) >= 1e4 ? [yuan / 1e4, '万元', '×10⁴ yuan'] : [yuan, '元', 'yuan']
  return `${short.format(n)} ${lang() === 'zh' ? zh : en}`
}

/** exact writes every digit of an amount of yuan. */
export function exact(yuan: number): string {
  return `${whole.format(yuan)} ${lang() === 'zh' ? '元' : 'yuan'}`
}

/** count writes a number with its thousands set apart. */
export const count = (n: number): string => short.format(n)
