import { useNavigate, useSearch } from '@tanstack/react-router'
import { Alert, Empty, Segmented, Skeleton } from 'antd'
import { Page } from '@/parts/Page'
import { Trouble } from '@/parts/Trouble'
import { useSession } from '@/session/session'
import { objections } from '@/words/objections'
import { useObjections, type Which } from './data'
import './objections.css'
import { One } from './One'

/** What a tenderer has to report of objections, and what one's department was told. */
export default function Objections() {
  const say = objections.useWords()
  const { state = 'open' } = useSearch({ strict: false }) as { state?: Which }
  const navigate = useNavigate()
  const asked = useObjections(state)
  const { role } = useSession()
  const items = asked.data?.items ?? []
  return (
    <Page title={say('title')}>
      <Alert className="objection-which" type="info" showIcon title={say('duty')} />
      <div className="objection-which">
        <Segmented<Which> aria-label={say('which')} value={state} options={(['open', 'ended', 'all'] as const).map((value) => ({ value, label: say(value) }))} onChange={(value) => void navigate({ to: '/objections', search: (value === 'open' ? {} : { state: value }) as never })} />
      </div>
      {asked.isPending ? <Skeleton active /> : asked.error ? <Trouble error={asked.error} retry={() => void asked.refetch()} /> : (
        <>
          {items.length === 0 ? <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say(role === 'tenderer' ? 'mineNone' : 'none')} /> : null}
          {items.map((one) => <One key={one.id} of={one} />)}
          {asked.data.total > items.length ? <p>{say('more', { n: asked.data.total })}</p> : null}
        </>
      )}
    </Page>
  )
}
