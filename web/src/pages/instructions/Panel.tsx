import { useQuery } from '@tanstack/react-query'
import { Button, Empty, Skeleton } from 'antd'
import { useState } from 'react'
import { api, must } from '@/api/client'
import { Trouble } from '@/parts/Trouble'
import { instructions } from '@/words/instructions'
import { Give } from './Give'
import { One } from './One'

// While something is to be done about one, its trading system may answer any moment.
const soon = 3_000
const later = 30_000

/** The instructions about one docket, and a place to give one. */
export function Panel({ docket }: { docket: string }) {
  const say = instructions.useWords()
  const [giving, setGiving] = useState(false)
  const asked = useQuery({
    queryKey: ['instructions', 'docket', docket],
    queryFn: () => must(api.GET('/api/v1/dockets/{id}/instructions', { params: { path: { id: docket } } })),
    refetchInterval: (query) => ((query.state.data?.items ?? []).some((one) => ['proposed', 'issued', 'acknowledged'].includes(one.standing.state)) ? soon : later),
  })
  if (asked.isPending) return <Skeleton active paragraph={{ rows: 2 }} />
  if (asked.error) return <Trouble error={asked.error} retry={() => void asked.refetch()} />
  const page = asked.data
  const items = page.items ?? []
  return (
    <div aria-live="polite">
      {page.may_give ? <p className="no-print"><Button onClick={() => setGiving(true)}>{say('give')}</Button></p> : null}
      {items.length === 0 ? <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say('noneHere')} /> : items.map((one) => <One key={one.id} one={one} linked={false} />)}
      {giving ? <Give docket={docket} page={page} close={() => setGiving(false)} /> : null}
    </div>
  )
}
