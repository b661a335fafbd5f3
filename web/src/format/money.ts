import { lang } from '@/words/words'

/**
 * money writes an amount of yuan as people read it: 元 below ten thousand, then
 * 万元 and 亿元, with at most two decimals; exact in the tooltip (`exact`). In
 * English the same units are named, so that a column means one thing in both.
 */
export function money(yuan: number): string {
  const [n, zh, en] = Math.abs(yuan) >= 1e8 ? [yuan / 1e8, '亿元', '×10⁸ yuan'] : Math.abs(yuan) >= 1e4 ? [yuan / 1e4, '万元', '×10⁴ yuan'] : [yuan, '元', 'yuan']
  return `${n.toLocaleString('en-US', { maximumFractionDigits: 2 })} ${lang() === 'zh' ? zh : en}`
}

/** exact writes every digit of an amount of yuan. */
export function exact(yuan: number): string {
  return `${yuan.toLocaleString('en-US', { maximumFractionDigits: 6 })} ${lang() === 'zh' ? '元' : 'yuan'}`
}

/** count writes a number with its thousands set apart. */
export const count = (n: number): string => n.toLocaleString('en-US')
