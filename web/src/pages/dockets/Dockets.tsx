import { DownloadOutlined, FilterOutlined, ReloadOutlined, TableOutlined } from '@ant-design/icons'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Checkbox, Drawer, Empty, Grid, Input, Popover, Select, Skeleton } from 'antd'
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react'
import { api, must } from '@/api/client'
import { count } from '@/format/money'
import { useWoken } from '@/live/live'
import { Page } from '@/parts/Page'
import { Trouble } from '@/parts/Trouble'
import { useSession } from '@/session/session'
import { dockets } from '@/words/dockets'
import { Filters } from './Filters'
import { type Asked, askedOf, columns, filterOf, narrowed, queryOf, read, type Sort, shown, sorts, write } from './filter'
import { Cards, List } from './List'
import { changed } from './fresh'
import { naming, useRegions } from './regions'
import { opening, useViews, Views } from './Views'
import './dockets.css'

const Export = lazy(() => import('./Export'))

const pageSize = 50
const lookEvery = 20_000

// Lists stand in the API's query with commas.
const commas = { array: { style: 'form', explode: false } } as const

/** All dockets that this reader may know of: narrowed, put in order, kept as views, exported; all of it in the address. */
export default function Dockets() {
  const say = dockets.useWords()
  const { role, me } = useSession()
  const navigate = useNavigate()
  const raw = useSearch({ strict: false }) as Record<string, unknown>
  const asked = useMemo(() => read(raw), [raw])
  const wide = Grid.useBreakpoint().md ?? true
  const [filters, setFilters] = useState(false)
  const [exporting, setExporting] = useState(false)
  const regions = useRegions()
  const region = useMemo(() => naming(regions.data?.items), [regions.data])
  const supervises = role === 'supervisor' || role === 'auditor'

  const use = (next: Asked) => void navigate({ to: '/dockets', search: write(next) as never, replace: true })
  const ask = (change: Partial<Asked>) => use({ ...asked, ...change })

  // Who comes without asking for anything gets the view that opens the page, once.
  const views = useViews()
  const came = useRef(queryOf(asked) === '')
  useEffect(() => {
    if (!came.current || !views.data) return
    came.current = false
    const first = opening(views.data.items)
    if (first) use(askedOf(first.query))
  })

  const key = queryOf({ ...asked, cols: [] })
  const list = useInfiniteQuery({
    queryKey: ['dockets', key],
    queryFn: ({ pageParam }) => must(api.GET('/api/v1/dockets', { querySerializer: commas, params: { query: { ...filterOf(asked), limit: pageSize, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  })
  const heads = useMemo(() => list.data?.pages.flatMap((page) => page.items ?? []) ?? [], [list.data])

  // What came since is looked for under the same filter, and shown when it is asked for: rows do not jump under the hand.
  const look = useQuery({
    queryKey: ['dockets', key, 'look'],
    queryFn: () => must(api.GET('/api/v1/dockets', { querySerializer: commas, params: { query: { ...filterOf(asked), limit: pageSize } } })),
    enabled: list.isSuccess && !list.isPlaceholderData,
    refetchInterval: lookEvery,
    refetchOnWindowFocus: true,
    staleTime: lookEvery,
  })
  useWoken({ kinds: ['record', 'warning'] }, () => void look.refetch())
  const fresh = look.data && look.dataUpdatedAt > list.dataUpdatedAt ? changed(heads, look.data.items ?? []) : 0

  const total = list.data?.pages[0]
  const on = narrowed(asked)
  const panel = <Filters asked={asked} ask={ask} />
  return (
    <Page
      title={say('title')}
      extra={(
        <>
          {me?.port ? null : <Views asked={asked} use={use} />}
          {wide ? <Columns asked={asked} ask={ask} supervises={supervises} /> : null}
          {me?.port ? null : <Button icon={<DownloadOutlined />} onClick={() => setExporting(true)}>{say('export')}</Button>}
        </>
      )}
    >
      <div className="dockets-ask">
        <Input.Search key={asked.q ?? ''} allowClear className="dockets-search" aria-label={say('search')} placeholder={say('search')} defaultValue={asked.q ?? ''} onSearch={(q) => ask({ q })} />
        <Button icon={<FilterOutlined />} aria-expanded={filters} aria-controls="dockets-panel" onClick={() => setFilters(!filters)}>{on ? say('filtersOn', { n: on }) : say('filters')}</Button>
        {wide ? null : <Order asked={asked} ask={ask} />}
      </div>
      {wide ? (filters ? <div id="dockets-panel">{panel}</div> : null) : (
        <Drawer placement="bottom" size="large" open={filters} onClose={() => setFilters(false)} title={say('filters')} extra={<Button type="primary" onClick={() => setFilters(false)}>{say('done')}</Button>}>{panel}</Drawer>
      )}
      <div className="dockets-total" aria-live="polite">
        {total ? <span>{say(total.more ? 'totalMore' : 'total', { n: count(total.total) })}</span> : null}
        {fresh ? <Button size="small" type="primary" ghost icon={<ReloadOutlined />} onClick={() => void list.refetch()}>{say('fresh', { n: fresh })}：{say('show')}</Button> : null}
      </div>
      {list.error ? <Trouble error={list.error} retry={() => void list.refetch()} />
        : list.isPending ? <Skeleton active title={false} paragraph={{ rows: 12, width: '100%' }} />
          : heads.length === 0 ? (
            <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={<><strong>{say('empty')}</strong><div>{say('emptyMend')}</div></>}>
              {on ? <Button onClick={() => use({})}>{say('clear')}</Button> : null}
            </Empty>
          ) : (
            <>
              {wide ? <List heads={heads} columns={shown(asked, supervises)} asked={asked} ask={ask} region={region} loading={list.isPlaceholderData} /> : <Cards heads={heads} region={region} />}
              <div className="dockets-more">
                <small>{say('listed', { n: count(heads.length) })}</small>
                {list.hasNextPage ? <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{say('more')}</Button> : null}
              </div>
            </>
          )}
      {exporting ? <Suspense fallback={null}><Export asked={asked} shut={() => setExporting(false)} /></Suspense> : null}
    </Page>
  )
}

type Asking = { asked: Asked; ask: (change: Partial<Asked>) => void }

function Columns({ asked, ask, supervises }: Asking & { supervises: boolean }) {
  const say = dockets.useWords()
  const now = shown(asked, supervises)
  return (
    <Popover
      trigger="click" placement="bottomRight"
      content={(
        <fieldset className="dockets-columns">
          <legend className="unseen">{say('columns')}</legend>
          {columns.map((column) => (
            <Checkbox key={column} disabled={column === 'title'} checked={now.includes(column)} onChange={(event) => ask({ cols: columns.filter((one) => (one === column ? event.target.checked : now.includes(one))) })}>
              {say(`column.${column}`)}
            </Checkbox>
          ))}
        </fieldset>
      )}
    >
      <Button icon={<TableOutlined />}>{say('columns')}</Button>
    </Popover>
  )
}

function Order({ asked, ask }: Asking) {
  const say = dockets.useWords()
  return (
    <Select<Sort | ''>
      aria-label={say('sort')} value={asked.sort ?? (asked.q ? '' : 'last')} onChange={(sort) => ask({ sort: sort || undefined, order: undefined })}
      options={sorts.map((value) => ({ value, label: say(`sort.${value}`) }))}
    />
  )
}
