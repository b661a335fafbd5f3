import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Empty, Segmented, Skeleton } from 'antd'
import { api, must } from '@/api/client'
import { Page } from '@/parts/Page'
import { Trouble } from '@/parts/Trouble'
import { instructions } from '@/words/instructions'
import { One } from './One'
import { type Show, shows } from './shows'

/** What trading systems were told, for those in whose jurisdiction it lies and for auditors. */
export default function Instructions() {
  const say = instructions.useWords()
  const { show = 'open' } = useSearch({ strict: false }) as { show?: Show }
  const navigate = useNavigate()
  const found = useInfiniteQuery({
    queryKey: ['instructions', 'list', show],
    queryFn: ({ pageParam }) => must(api.GET('/api/v1/instructions', { params: { query: { show, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: '', getNextPageParam: (page) => page.next, refetchInterval: 5_000,
  })
  const items = (found.data?.pages ?? []).flatMap((page) => page.items ?? [])
  return (
    <Page title={say('title')}>
      <p className="quiet">{say('says')}</p>
      <Segmented<Show> aria-label={say('show')} value={show} onChange={(value) => void navigate({ to: '/instructions', search: { show: value } as never, replace: true })} options={shows.map((value) => ({ value, label: say(`show.${value}`) }))} />
      <div className="instructions" aria-live="polite">
        {found.error ? <Trouble error={found.error} retry={() => void found.refetch()} /> : found.isPending ? <Skeleton active paragraph={{ rows: 6 }} /> : items.length === 0 ? <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say('none')} /> : items.map((one) => <One key={one.id} one={one} linked />)}
      </div>
      {found.hasNextPage ? <Button loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>{say('more')}</Button> : null}
    </Page>
  )
}
