import { ArrowLeftOutlined, FullscreenOutlined } from '@ant-design/icons'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Select, Skeleton } from 'antd'
import { Page } from '@/parts/Page'
import { Trouble } from '@/parts/Trouble'
import { overview as words } from '@/words/overview'
import { term } from '@/words/trade'
import { Board } from './Board'
import { useOverview } from './data'
import './overview.css'
import { type Period, periods, type View } from './view'

const classes = ['construction', 'procurement', 'land', 'mining', 'property', 'environment', 'medicine', 'other']

/** How things stand: one period, one region, one class, and every figure with the way to what it counts. */
export default function Overview() {
  const say = words.useWords()
  const view = useSearch({ strict: false }) as View
  const navigate = useNavigate()
  const found = useOverview(view)
  const to = (change: { [Name in keyof View]?: View[Name] | undefined }) => {
    const next = Object.fromEntries(Object.entries({ ...view, ...change }).filter(([, value]) => value !== undefined && value !== '' && value !== 'all'))
    void navigate({ to: '/', search: next as never })
  }
  const data = found.data
  const above = data?.above?.[0]
  const areas = data?.areas ?? []
  return (
    <Page
      title={data && data.region.code !== '410000' ? `${say('title')} · ${data.region.name}` : say('title')}
      extra={
        <>
          {above ? <Button icon={<ArrowLeftOutlined />} onClick={() => to({ region: above.code === '410000' ? undefined : above.code })}>{say('up', { name: above.name })}</Button> : null}
          <Select
            aria-label={say('region')} showSearch optionFilterProp="label" value={view.region ?? ''} style={{ minWidth: 128 }} onChange={(value: string) => to({ region: value })}
            options={[{ value: '', label: say('province') }, ...(view.region && data ? [{ value: view.region, label: data.region.name }] : []), ...areas.map((one) => ({ value: one.code, label: one.name }))]}
          />
          <Select aria-label={say('period')} title={say('periodSays')} value={view.period ?? 'all'} style={{ minWidth: 104 }} onChange={(value: Period) => to({ period: value })} options={periods.map((value) => ({ value, label: say(value) }))} />
          <Select aria-label={say('class')} value={view.class ?? ''} style={{ minWidth: 128 }} onChange={(value: string) => to({ class: value })} options={[{ value: '', label: say('classAll') }, ...classes.map((value) => ({ value, label: term(value) }))]} />
          <Button icon={<FullscreenOutlined />} onClick={() => void navigate({ to: '/wall', search: view as never })}>{say('wall')}</Button>
        </>
      }
    >
      {found.error && !data ? <Trouble error={found.error} retry={() => void found.refetch()} /> : data ? <Board data={data} pick={(region) => to({ region })} /> : <Skeleton active paragraph={{ rows: 14 }} />}
    </Page>
  )
}
