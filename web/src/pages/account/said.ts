import { Refused } from '@/api/client'
import { lang } from '@/words/words'
import { shell } from '@/words/shell'

/** said is what the API said of a failure, in the language of the screen: the field's message first, else its title and what to do. */
export function said(error: unknown): string {
  if (!(error instanceof Refused)) return shell.say('failedNet')
  const half = (text: string | undefined, at: 0 | 1) => text?.split(' / ')[at] ?? text ?? ''
  const field = error.problem.errors?.[0]?.message
  if (field?.includes(' / ')) return half(field, lang() === 'zh' ? 1 : 0).replace(/^.*?密码: /, '')
  if (field) return field
  const at = lang() === 'zh' ? 0 : 1
  return [half(error.problem.title, at), half(error.problem.mend, at)].filter(Boolean).join(lang() === 'zh' ? '。' : '. ')
}
