import { Button, Skeleton, Tag } from 'antd'
import { useState } from 'react'
import { type Act, type Source, useSay, useStanding } from '@/pages/objections/data'
import { One } from '@/pages/objections/One'
import { Say } from '@/pages/objections/Say'
import { Trouble } from '@/parts/Trouble'
import { objections } from '@/words/objections'
import type { View } from './data'

type Begun = { act: Act; source?: string; lot?: string }

/** A docket's objections: as its tenderer reported them, and as its trading system sent them. */
export function Objected({ view }: { view: View }) {
  const say = objections.useWords()
  const asked = useStanding(view.id)
  const act = useSay(view.id)
  const [begun, setBegun] = useState<Begun>()
  if (asked.isPending) return <Skeleton active paragraph={{ rows: 1 }} />
  if (asked.error) return <Trouble error={asked.error} retry={() => void asked.refetch()} />
  const items = asked.data.items ?? []
  const sources = asked.data.sources ?? []
  const begin = (source: Source) => setBegun({ act: 'remind', source: source.key, ...(source.lot ? { lot: source.lot } : {}) })
  return (
    <>
      {items.map((one) => <One key={one.id} of={one} docket={false} />)}
      {items.length === 0 ? <p>{say('noneHere')}</p> : null}
      {asked.data.may_remind ? <Button className="no-print" onClick={() => setBegun({ act: 'remind' })}>{say('act.remind')}</Button> : null}
      {asked.data.may_report ? <Button className="no-print" type="primary" onClick={() => setBegun({ act: 'receive' })}>{say('report')}</Button> : null}
      {sources.length > 0 ? (
        <section aria-label={say('sources')} className="objection">
          <h3>{say('sources')}</h3>
          <ul className="objection-list">
            {sources.map((s) => (
              <li key={s.key}>
                <span className="number">{s.came}</span> {say(`against.${s.against}`)} <code>{s.key}</code>
                <span>{s.answered ? `${say('answered')} ${s.answered}` : say('unanswered')}</span>
                <Tag color={s.reported ? 'default' : 'warning'}>{say(s.reported ? 'reported' : 'unreported')}</Tag>
                {!s.reported && asked.data.may_remind ? <Button className="no-print" size="small" onClick={() => begin(s)}>{say('act.remind')}</Button> : null}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {begun ? (
        <Say
          kind={begun.act}
          {...(begun.source ? {} : { lots: (view.lots ?? []).map((l) => ({ code: l.code, ...(l.name ? { name: l.name } : {}) })) })}
          busy={act.isPending}
          trouble={act.error}
          close={() => { setBegun(undefined); act.reset() }}
          send={(body) => act.mutate({ ...body, act: begun.act, ...(begun.source ? { source: begun.source } : {}), ...(begun.lot ? { lot: begun.lot } : {}) }, { onSuccess: () => setBegun(undefined) })}
        />
      ) : null}
    </>
  )
}
