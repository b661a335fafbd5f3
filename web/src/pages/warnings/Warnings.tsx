import { ReloadOutlined } from '@ant-design/icons'
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Alert, Button, Checkbox, Empty, Grid, Input, Segmented, Select, Skeleton } from 'antd'
import { Fragment, useEffect, useEffectEvent, useRef, useState } from 'react'
import { api, must, type Of } from '@/api/client'
import { count, money } from '@/format/money'
import { moment } from '@/format/time'
import { useLive } from '@/live/live'
import { Name } from '@/parts/Name'
import { Page } from '@/parts/Page'
import { Trouble } from '@/parts/Trouble'
import { term } from '@/words/trade'
import { warnings } from '@/words/warnings'
import { useLang } from '@/words/words'
import type { Asking } from './ActDialog'
import { Detail, sentence } from './Detail'
import { asked, type Filter, isNarrowed, place } from './filter'
import { Grade } from './Grade'
import './warnings.css'

type Item = Of<'WarningItem'>
const classes = ['construction', 'procurement', 'land', 'mining', 'property', 'environment', 'medicine', 'other']
const at = (item: Item): string => `${item.docket}/${item.key}`

function Filters({ filter, set, counts }: { filter: Filter; set: (change: Partial<Record<keyof Filter, string | undefined>>) => void; counts: Of<'WarningCount'>[] }) {
  const say = warnings.useWords()
  const zh = useLang() === 'zh'
  const byIndicator = new Map<string, { label: string; n: number }>()
  for (const one of counts) {
    const n = filter.status === 'dismissed' ? one.dismissed : filter.status === 'all' ? one.open + one.dismissed : one.open
    const had = byIndicator.get(one.indicator)
    byIndicator.set(one.indicator, { label: `${one.indicator} ${zh ? one.zh : one.en}`, n: n + (had?.n ?? 0) })
  }
  return (
    <div className="queue-filters" role="search" aria-label={say('queue')}>
      <Segmented
        aria-label={say('status')}
        value={filter.status ?? 'open'}
        onChange={(status) => set({ status: status === 'open' ? undefined : status })}
        options={[{ value: 'open', label: say('open') }, { value: 'dismissed', label: say('dismissed') }, { value: 'all', label: say('all') }]}
      />
      <Select
        aria-label={say('grade')}
        value={filter.grade ?? ''}
        onChange={(grade) => set({ grade: grade || undefined })}
        options={[{ value: '', label: `${say('grade')}：${say('all')}` }, { value: 'fact', label: say('fact') }, { value: 'clue', label: say('clueGrade') }]}
        style={{ minWidth: 112 }}
      />
      <Select
        aria-label={say('indicator')}
        mode="multiple"
        maxTagCount={1}
        allowClear
        placeholder={say('indicator')}
        value={filter.indicator?.split(',') ?? []}
        onChange={(list: string[]) => set({ indicator: list.join(',') || undefined })}
        options={[...byIndicator].map(([value, one]) => ({ value, label: `${one.label}（${count(one.n)}）` }))}
        style={{ minWidth: 170, maxWidth: 280 }}
        popupMatchSelectWidth={360}
      />
      <Select
        aria-label={say('assigned')}
        value={filter.assigned ?? ''}
        onChange={(assigned) => set({ assigned: assigned || undefined })}
        options={[
          { value: '', label: `${say('assigned')}：${say('anybody')}` }, { value: 'me', label: say('me') }, { value: 'none', label: say('nobody') },
          ...(filter.assigned && !['me', 'none'].includes(filter.assigned) ? [{ value: filter.assigned, label: filter.assigned }] : []),
        ]}
        style={{ minWidth: 120 }}
      />
      <Select
        aria-label={say('class')}
        mode="multiple"
        maxTagCount={1}
        allowClear
        placeholder={say('class')}
        value={filter.class?.split(',') ?? []}
        onChange={(list: string[]) => set({ class: list.join(',') || undefined })}
        options={classes.map((value) => ({ value, label: term(value) }))}
        style={{ minWidth: 130, maxWidth: 220 }}
        popupMatchSelectWidth={200}
      />
      <Input
        aria-label={say('region')}
        placeholder={say('regionHint')}
        key={filter.region ?? ''}
        defaultValue={filter.region}
        maxLength={6}
        inputMode="numeric"
        style={{ width: 112 }}
        onPressEnter={(event) => set({ region: event.currentTarget.value || undefined })}
        onBlur={(event) => set({ region: event.currentTarget.value || undefined })}
      />
      <Select
        aria-label={say('sort')}
        value={filter.sort ?? 'rank'}
        onChange={(sort) => set({ sort: sort === 'new' ? 'new' : undefined })}
        options={[{ value: 'rank', label: say('sortRank') }, { value: 'new', label: say('sortNew') }]}
        style={{ minWidth: 130 }}
      />
      <Checkbox checked={filter.mark === 'me'} onChange={(event) => set({ mark: event.target.checked ? 'me' : undefined })}>{say('mine')}</Checkbox>
      {filter.docket ? <span className="queue-docket">{say('of', { id: filter.docket })}</span> : null}
      {isNarrowed(filter) ? <Button type="link" onClick={() => set({ indicator: undefined, grade: undefined, status: undefined, region: undefined, class: undefined, docket: undefined, assigned: undefined, mark: undefined, from: undefined, to: undefined })}>{say('clear')}</Button> : null}
    </div>
  )
}

/** The docket whose clues follow, with its score and what is at stake. */
function Group({ item }: { item: Item }) {
  const say = warnings.useWords()
  return (
    <li className="queue-group">
      <span>{item.title ? <Name text={item.title} length={24} /> : item.docket}</span>
      <span className="number">{say('group', { points: item.points, money: money(item.stake / 100) })}</span>
    </li>
  )
}

function Line({ item, now, choose, titled }: { item: Item; now: boolean; choose: () => void; titled: boolean }) {
  const say = warnings.useWords()
  const zh = useLang() === 'zh'
  return (
    <li>
      <button type="button" className={now ? 'queue-line now' : 'queue-line'} aria-current={now ? 'true' : undefined} data-at={at(item)} onClick={choose}>
        <span className="queue-top"><Grade grade={item.grade} state={item.state} /><span>{item.indicator} {zh ? item.indicator_zh : item.indicator_en}</span></span>
        {titled ? <span className="queue-title">{item.title ? <Name text={item.title} length={30} /> : item.docket}</span> : null}
        <span className="queue-says">{sentence(zh ? item.zh : item.en)}</span>
        <span className="queue-foot">
          <time dateTime={item.at}>{moment(item.at)}</time>
          {item.weight > 0 ? <span>{say('weight')} {item.weight}</span> : null}
          {item.assigned ? <span>{say('assigned')}：{item.assigned}</span> : null}
          {item.followed ? <span>★ {say('mine')}</span> : null}
          {item.dismissed ? <span>{say('dismissed')}</span> : item.dismissal ? <span>{say('was')}</span> : null}
        </span>
      </button>
    </li>
  )
}

/** The queue of clues at the left, the one that is read at the right; on a narrow screen one after the other. */
export default function Warnings() {
  const say = warnings.useWords()
  const filter = useSearch({ strict: false }) as Filter
  const navigate = useNavigate()
  const wide = Grid.useBreakpoint().lg ?? true
  const queries = useQueryClient()
  const [fresh, setFresh] = useState(0)
  const [asking, setAsking] = useState<Asking>()
  const right = useRef<HTMLElement>(null)
  const narrowed = asked(filter)

  const list = useInfiniteQuery({
    queryKey: ['warnings', 'list', narrowed],
    initialPageParam: '',
    queryFn: ({ pageParam }) => must(api.GET('/api/v1/warnings', { params: { query: { ...narrowed, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  })
  const counts = useQuery({ queryKey: ['warnings', 'counts', narrowed.region, narrowed.docket, narrowed.assigned, narrowed.mark], queryFn: () => must(api.GET('/api/v1/warnings/counts', { params: { query: narrowed } })) })

  const set = (change: Partial<Record<keyof Filter, string | undefined>>) => {
    const next = Object.fromEntries(Object.entries({ ...filter, ...change }).filter(([, value]) => value !== undefined)) as Filter
    if (JSON.stringify(next) !== JSON.stringify(filter)) void navigate({ to: '/warnings', search: next, replace: 'at' in change && filter.at !== undefined })
  }
  const items = (list.data?.pages ?? []).flatMap((page) => page.items ?? [])
  const first = list.data?.pages[0]
  const chosen = place(filter.at)
  const index = items.findIndex((item) => at(item) === filter.at)

  useLive({ kinds: ['warning'], region: filter.region, docket: filter.docket }, (event) => {
    if (event.kind === 'reset') void queries.invalidateQueries({ queryKey: ['warnings'] })
    if (event.kind !== 'warning' || filter.grade && event.data.grade !== filter.grade || filter.indicator && !filter.indicator.split(',').includes(event.data.indicator)) return
    // What somebody did is shown at once; what is new waits until one asks for it.
    // An empty queue has no line that could jump under the hand.
    if (event.data.acted || items.length === 0) void queries.invalidateQueries({ queryKey: ['warnings'] })
    else setFresh((n) => n + 1)
    if (filter.at === `${event.data.docket}/${event.data.key}`) void queries.invalidateQueries({ queryKey: ['warning', event.data.docket, event.data.key] })
  })

  const choose = (item: Item | undefined) => {
    if (!item) return
    setAsking(undefined)
    set({ at: at(item) })
  }

  // The keys do what the buttons do, while nothing is being typed.
  const press = useEffectEvent((event: KeyboardEvent) => {
    const target = event.target as HTMLElement
    if (event.ctrlKey || event.metaKey || event.altKey || asking || target.closest('input, textarea, select, [role=combobox], [role=dialog], [contenteditable]')) return
    const step = { j: 1, k: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      const next = items[index < 0 ? 0 : Math.min(Math.max(index + step, 0), items.length - 1)]
      choose(next)
      if (next) document.querySelector<HTMLElement>(`[data-at="${CSS.escape(at(next))}"]`)?.focus()
    } else if (event.key === 'Enter' && target.closest('.queue-line')) {
      setTimeout(() => right.current?.focus(), 0)
    } else if (chosen && (event.key === 'd' || event.key === 'a')) {
      const page = queries.getQueryData<Of<'WarningPage'>>(['warning', chosen.docket, chosen.key])
      if (page?.may_act && !(event.key === 'd' && page.dismissed)) {
        event.preventDefault()
        setAsking(event.key === 'd' ? 'dismiss' : 'assign')
      }
    } else if (chosen && event.key === 'm') {
      right.current?.querySelector<HTMLElement>('[aria-pressed]')?.click()
    }
  })
  useEffect(() => {
    const hear = (event: KeyboardEvent) => press(event)
    document.addEventListener('keydown', hear)
    return () => document.removeEventListener('keydown', hear)
  }, [])

  const queue = (
    <section className="queue" aria-label={say('queue')}>
      {fresh > 0 ? (
        <Button block icon={<ReloadOutlined />} onClick={() => { setFresh(0); void queries.invalidateQueries({ queryKey: ['warnings'] }) }}>{say('fresh', { n: fresh })}</Button>
      ) : null}
      {list.isPending ? <Skeleton active paragraph={{ rows: 12 }} /> : list.error ? <Trouble error={list.error} retry={() => void list.refetch()} /> : items.length === 0 ? (
        <Empty description={<><div>{say('empty')}</div><div>{isNarrowed(filter) ? say('emptyMend') : say('notYours')}</div></>} />
      ) : (
        <>
          <ul>
            {items.map((item, i) => (
              <Fragment key={at(item)}>
                {filter.sort !== 'new' && item.docket !== items[i - 1]?.docket ? <Group item={item} /> : null}
                <Line item={item} now={at(item) === filter.at} titled={filter.sort === 'new'} choose={() => choose(item)} />
              </Fragment>
            ))}
          </ul>
          {list.hasNextPage ? <Button block loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{say('more')}</Button> : null}
        </>
      )}
    </section>
  )
  const reading = chosen ? (
    <section className="reading" ref={right} tabIndex={-1} aria-label={say('evidence')}>
      <Detail key={filter.at} docket={chosen.docket} key_={chosen.key} asking={asking} ask={setAsking} back={wide ? undefined : () => set({ at: undefined })} />
    </section>
  ) : <section className="reading reading-none"><Empty description={say('choose')} /><p>{say('keys')}</p></section>

  return (
    <Page title={say('title')} extra={first ? <span className="number">{first.more ? say('totalMore', { n: count(first.total) }) : say('total', { n: count(first.total) })}</span> : null}>
      {wide || !chosen ? (
        <>
          <Alert type="info" title={say('clue')} banner style={{ marginBottom: 8 }} />
          <Filters filter={filter} set={set} counts={counts.data?.items ?? []} />
        </>
      ) : null}
      {wide ? <div className="queue-two">{queue}{reading}</div> : chosen ? reading : queue}
    </Page>
  )
}
