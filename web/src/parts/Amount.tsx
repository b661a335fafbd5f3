import { exact, money } from '@/format/money'
import { useLang } from '@/words/words'

/** An amount of yuan as people read it, every digit on hover. */
export function Amount({ yuan }: { yuan: number | undefined | null }) {
  useLang()
  if (yuan === undefined || yuan === null) return <span aria-hidden="true">—</span>
  return <span className="number" title={exact(yuan)}>{money(yuan)}</span>
}
