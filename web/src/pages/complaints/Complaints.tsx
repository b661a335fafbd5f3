import { useNavigate, useSearch } from '@tanstack/react-router'
import { Alert, Empty, Segmented, Skeleton } from 'antd'
import { Page } from '@/parts/Page'
import { Trouble } from '@/parts/Trouble'
import { useSession } from '@/session/session'
import { complaints } from '@/words/complaints'
import './complaints.css'
import { useComplaints, type Which } from './data'
import { One } from './One'

/** The complaints that one lodged, or that one's department handles. */
export default function Complaints() {
  const say = complaints.useWords()
  const { state = 'open' } = useSearch({ strict: false }) as { state?: Which }
  const navigate = useNavigate()
  const asked = useComplaints(state)
  const { role } = useSession()
  return (
    <Page title={say('title')}>
      <Alert className="complaint-which" type="info" showIcon title={say('protected')} />
      <div className="complaint-which">
        <Segmented<Which> aria-label={say('which')} value={state} options={(['open', 'ended', 'all'] as const).map((value) => ({ value, label: say(value) }))} onChange={(value) => void navigate({ to: '/complaints', search: (value === 'open' ? {} : { state: value }) as never })} />
      </div>
      {asked.isPending ? <Skeleton active /> : asked.error ? <Trouble error={asked.error} retry={() => void asked.refetch()} /> : (
        <>
          {(asked.data.items ?? []).length === 0 ? <Empty description={say(role === 'party' ? 'mineNone' : 'none')} /> : null}
          {(asked.data.items ?? []).map((one) => <One key={one.id} of={one} />)}
          {asked.data.total > (asked.data.items ?? []).length ? <p>{say('more', { n: asked.data.total })}</p> : null}
        </>
      )}
    </Page>
  )
}
