import { LeftOutlined, RightOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Alert, Button, Empty, Input, Select, Skeleton, Tag } from 'antd'
import { api, must } from '@/api/client'
import { day as dayOf, moment } from '@/format/time'
import { naming, useRegions } from '@/pages/dockets/regions'
import { Page } from '@/parts/Page'
import { Trouble } from '@/parts/Trouble'
import { schedule } from '@/words/schedule'
import { term } from '@/words/trade'
import { byPlace, shift, type Sitting, type State, states, today } from './days'
import './schedule.css'

const colours = { planned: 'default', awaited: 'warning', begun: 'processing', overdue: 'error', finished: 'success', failed: 'default' } as const

const clock = (iso: string | undefined, day: string): string => (iso ? (dayOf(iso) === day ? moment(iso).slice(11) : moment(iso)) : '')

function Line({ one, day, named }: { one: Sitting; day: string; named: (code: string | undefined) => string }) {
  const say = schedule.useWords()
  const since = one.kind === 'evaluation' ? (one.begun ?? one.planned ?? one.ended) : (one.planned ?? one.begun)
  const lots = one.lots ?? []
  return (
    <tr className={one.state === 'overdue' ? 'day-late' : ''}>
      <td className="number">
        {one.kind === 'evaluation' && !one.begun && one.planned ? `${say('after_opening')} ` : ''}{clock(since, day)}{one.ended && one.ended !== since ? `–${clock(one.ended, day)}` : ''}
        {one.carried && since ? <small>{say('carried', { day: dayOf(since) })}</small> : null}
      </td>
      <th scope="row"><Link to="/dockets/$id" params={{ id: one.docket } as never}>{one.title || say('untitled')}</Link><small>{[term(one.class), named(one.region), lots.length > 1 ? say('lots', { n: lots.length }) : (lots[0] ?? '')].filter(Boolean).join(' · ')}</small></th>
      <td>{say(`kind.${one.kind}` as 'kind.opening')}</td>
      <td><Tag color={colours[one.state as State]}>{say(`state.${one.state}` as 'state.planned')}</Tag></td>
    </tr>
  )
}

/** The openings and evaluations of a day, by place and time, with how they stand. */
export default function Schedule() {
  const say = schedule.useWords()
  const search = useSearch({ strict: false }) as { day?: string; region?: string; state?: State }
  const navigate = useNavigate()
  const day = search.day ?? today()
  const regions = useRegions()
  const named = naming(regions.data?.items)
  const found = useQuery({
    queryKey: ['schedule', day, search.region],
    queryFn: () => must(api.GET('/api/v1/schedule', { params: { query: { day, ...(search.region ? { region: [search.region] } : {}) } } })),
    refetchInterval: 20_000,
  })
  const to = (change: Partial<typeof search>) => {
    const next = { ...search, ...change }
    void navigate({ to: '/schedule', search: Object.fromEntries(Object.entries(next).filter(([name, value]) => value && !(name === 'day' && value === today()))) as never, replace: true })
  }
  const items = found.data?.items ?? []
  const shown = search.state ? items.filter((one) => one.state === search.state) : items
  const cities = (regions.data?.items ?? []).filter((one) => /^\d\d\d\d00$/.test(one.code) && !one.code.endsWith('0000'))
  return (
    <Page title={say('title')}>
      <p className="quiet">{say('says')}</p>
      <div className="day-filter">
        <span className="day-choose">
          <Button icon={<LeftOutlined />} aria-label={say('before')} onClick={() => to({ day: shift(day, -1) })} />
          <Input type="date" aria-label={say('day')} value={day} onChange={(event) => { if (event.target.value) to({ day: event.target.value }) }} />
          <Button icon={<RightOutlined />} aria-label={say('after')} onClick={() => to({ day: shift(day, 1) })} />
          <Button disabled={day === today()} onClick={() => to({ day: today() })}>{say('today')}</Button>
        </span>
        <Select aria-label={say('region')} value={search.region ?? ''} onChange={(region: string) => to({ region })} options={[{ value: '', label: say('everywhere') }, ...cities.map((one) => ({ value: one.code, label: one.name }))]} />
        <Select
          aria-label={say('state')} value={search.state ?? ''} onChange={(state: string) => to({ state: state as State })}
          options={[{ value: '', label: `${say('all')} ${items.length}` }, ...states.map((value) => ({ value, label: `${say(`state.${value}`)} ${items.filter((one) => one.state === value).length}` }))]}
        />
      </div>
      {found.data?.more ? <Alert type="warning" showIcon title={say('more')} /> : null}
      {found.error ? <Trouble error={found.error} retry={() => void found.refetch()} /> : found.isPending ? <Skeleton active paragraph={{ rows: 8 }} /> : shown.length === 0 ? <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say('none')} /> : (
        <div className="day-board">
          {byPlace(shown).map(([place, list]) => (
            <section key={place}>
              <h2>{place || say('noPlace')} <small>{list.length}</small></h2>
              <div className="day-table" tabIndex={0} role="region" aria-label={place || say('noPlace')}>
                <table>
                  <thead><tr><th scope="col">{say('time')}</th><th scope="col">{say('project')}</th><th scope="col">{say('kind')}</th><th scope="col">{say('state')}</th></tr></thead>
                  <tbody>{list.map((one) => <Line key={`${one.docket} ${one.kind} ${(one.lots ?? []).join()}`} one={one} day={day} named={named} />)}</tbody>
                </table>
              </div>
            </section>
          ))}
        </div>
      )}
      <p className="quiet day-note">{say('settings')}</p>
    </Page>
  )
}
