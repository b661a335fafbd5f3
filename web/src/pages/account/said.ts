import { Refused } from '@/api/client'
import { lang } from '@/words/words'
import { shell } from '@/words/shell'

// Problems are said as "中文 / English", what is wrong with a field as
// "english what / 中文: english / 中文".
const half = (text: string | undefined, at: 0 | 1): string => text?.split(' / ')[at] ?? text ?? ''

function field(message: string): string {
  const parts = /^(.*?) \/ (.*?): (.*) \/ (.*)$/s.exec(message)
  if (!parts) return message
  return lang() === 'zh' ? `${parts[2]}：${parts[4]}` : `${parts[1]}: ${parts[3]}`
}

/** said is what the API said of a failure, in the language of the screen: the field's message first, else its title and what to do. */
export function said(error: unknown): string {
  if (!(error instanceof Refused)) return shell.say('failedNet')
  const message = error.problem.errors?.[0]?.message
  if (message) return field(message)
  const at = lang() === 'zh' ? 0 : 1
  return [half(error.problem.title, at), half(error.problem.mend, at)].filter(Boolean).join(lang() === 'zh' ? '。' : '. ')
}
