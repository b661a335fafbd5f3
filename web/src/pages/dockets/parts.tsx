import { ClockCircleOutlined, ExclamationCircleOutlined, InfoCircleOutlined } from '@ant-design/icons'
import type { Of } from '@/api/client'
import { Hint } from '@/parts/Hint'
import { dockets } from '@/words/dockets'
import { term } from '@/words/trade'

export type Head = Of<'DocketHead'>

/** How many warnings of each grade, and of which indicators; a sign and a number, not a colour alone. */
export function Warned({ head }: { head: Head }) {
  const say = dockets.useWords()
  const { warnings } = head
  if (!warnings) return <span aria-hidden="true">—</span>
  return (
    <Hint text={(warnings.indicators ?? []).join(' ')}>
      <span className="docket-warned" tabIndex={0}>
        {warnings.fact ? <span className="fact" aria-label={say('facts', { n: warnings.fact })} role="img"><ExclamationCircleOutlined /> {warnings.fact}</span> : null}
        {warnings.clue ? <span className="clue" aria-label={say('clues', { n: warnings.clue })} role="img"><InfoCircleOutlined /> {warnings.clue}</span> : null}
      </span>
    </Hint>
  )
}

/** How many steps are late. */
export function Late({ head }: { head: Head }) {
  const say = dockets.useWords()
  if (!head.late) return <span aria-hidden="true">—</span>
  return <span className="docket-warned fact" role="img" aria-label={say('late', { n: head.late })}><ClockCircleOutlined /> {head.late}</span>
}

/** Where a docket stands: its stage, and how far its lots have come. */
export function Standing({ head }: { head: Head }) {
  const say = dockets.useWords()
  const lots = head.lots ?? []
  const came = [...new Set(lots.map((lot) => lot.moment))]
  const detail = came.map((moment) => `${term(moment)} ${lots.filter((lot) => lot.moment === moment).length}`).join(' · ')
  return (
    <span className="docket-standing">
      {head.stage ? <span className="docket-stage">{say(head.stage)}</span> : null}
      {lots.length ? <small title={detail}>{lots.length > 1 ? say('lots', { n: lots.length }) : term(lots[0]?.moment)}</small> : null}
    </span>
  )
}
