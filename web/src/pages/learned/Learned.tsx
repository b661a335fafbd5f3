import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Alert, Skeleton } from 'antd'
import { useCallback } from 'react'
import { api, must, type Of } from '@/api/client'
import { Chart } from '@/charts/Chart'
import type { Look } from '@/charts/look'
import { moment } from '@/format/time'
import { Page } from '@/parts/Page'
import { Trouble } from '@/parts/Trouble'
import { learned } from '@/words/learned'
import { both, useLang } from '@/words/words'
import './learned.css'

type Score = Of<'LearnedScore'>
type Validation = Of<'Validation'>

const two = (n: number): string => n.toFixed(2)
const number = { align: 'right' as const, className: 'number' }
const axes = (look: Look) => ({
  xAxis: { axisLabel: { color: look.quiet }, axisTick: { show: false }, axisLine: { lineStyle: { color: look.line } } },
  yAxis: { type: 'value' as const, axisLabel: { color: look.quiet }, splitLine: { lineStyle: { color: look.line } } },
  grid: { left: 4, right: 12, top: 32, bottom: 4, containLabel: true },
  legend: { top: 0, left: 0, textStyle: { color: look.text } },
})

/** The score learnt from the supervisors' own decisions: what it rests on, and how its test went; or why it keeps silent. */
export default function Learned() {
  const say = learned.useWords()
  const zh = useLang() === 'zh'
  const { data, error, isPending, refetch } = useQuery({ queryKey: ['learned'], queryFn: () => must(api.GET('/api/v1/rules/learned')), staleTime: 60_000 })
  if (isPending) return <Page title={say('title')}><Skeleton active paragraph={{ rows: 10 }} /></Page>
  if (error) return <Page title={say('title')}><Trouble error={error} retry={() => void refetch()} /></Page>
  const v = data.validation
  const d = data.demands
  const few = data.why === 'confirmed' || data.why === 'innocent'
  return (
    <Page title={say('title')}>
      <div className="learned">
        <div>
          <p>{say('says')}</p>
          <p className="quiet">{say('from', { families: data.families.split('').join(zh ? '、' : ', ') })}</p>
          <Alert
            showIcon type={data.speaks ? 'success' : 'info'} title={say(data.speaks ? 'speaks' : 'silent')}
            description={!v ? say('never') : data.speaks ? <>{say('enough')} {say('population')} <Link to="/warnings" search={{ indicator: 'F07', status: 'all' }}>{say('warnings')}</Link></> : few ? say('few', { yes: v.confirmed, needYes: d.confirmed, no: v.innocent, needNo: d.innocent }) : both({ zh: data.zh ?? '', en: data.en ?? '' })}
          />
        </div>
        <div className="learned-two">
          <Cases v={v} score={data} />
          <dl>
            {data.edition ? <><dt>{say('edition')}</dt><dd><code>{data.edition}</code></dd></> : null}
            {data.at ? <><dt>{say('made')}</dt><dd>{moment(data.at)}</dd></> : null}
            <dt>{say('settings')}</dt><dd><Link to="/rules" search={{ rule: 'F07' }}>{d.settings || '—'}</Link></dd>
            <dt>{say('speak')}</dt><dd className="number">{two(d.speak)}</dd>
            {v ? <><dt>{say('lots')}</dt><dd className="number">{v.confirmed_lots} / {v.innocent_lots}</dd><dt>{say('left')}</dt><dd className="number">{v.undecided} / {v.unpriced}</dd></> : null}
          </dl>
        </div>
        <section>
          <h2>{say('test')}</h2>
          {v && data.tested ? <Test v={v} score={data} /> : <p className="quiet">{say('noTest')}</p>}
        </section>
      </div>
    </Page>
  )
}

function Cases({ v, score }: { v: Validation | undefined; score: Score }) {
  const say = learned.useWords()
  const d = score.demands
  const yes = v?.confirmed ?? 0
  const no = v?.innocent ?? 0
  const rows = [{ kind: say('confirmed'), there: yes, demanded: d.confirmed }, { kind: say('innocent'), there: no, demanded: d.innocent }]
  const option = useCallback((look: Look) => {
    const base = axes(look)
    return {
      ...base,
      tooltip: { trigger: 'axis' },
      xAxis: { ...base.xAxis, type: 'category', data: [say('confirmed'), say('innocent')] },
      yAxis: { ...base.yAxis, minInterval: 1 },
      series: [
        { name: say('there'), type: 'bar', barMaxWidth: 40, itemStyle: { color: look.series[0] }, data: [yes, no], label: { show: true, position: 'top', color: look.text } },
        { name: say('demanded'), type: 'bar', barMaxWidth: 40, itemStyle: { color: look.line, borderColor: look.quiet }, data: [d.confirmed, d.innocent], label: { show: true, position: 'top', color: look.quiet } },
      ],
    }
  }, [say, yes, no, d.confirmed, d.innocent])
  return (
    <Chart
      title={say('cases')} gist={say('gist', { yes, needYes: d.confirmed, no, needNo: d.innocent })} height={220} option={option} rows={rows} rowKey="kind"
      columns={[{ title: say('kind'), dataIndex: 'kind' }, { title: say('there'), dataIndex: 'there', ...number }, { title: say('demanded'), dataIndex: 'demanded', ...number }]}
    />
  )
}

function Test({ v, score }: { v: Validation; score: Score }) {
  const say = learned.useWords()
  const zh = useLang() === 'zh'
  const bins = (v.calibration ?? []).map((one, at) => ({ ...one, group: at + 1 }))
  const weights = score.weights ?? []
  const apart = Math.max(0, ...bins.map((one) => Math.abs(one.said - one.happened)))
  const calibration = useCallback((look: Look) => {
    const base = axes(look)
    return {
      ...base,
      tooltip: { trigger: 'axis', valueFormatter: (n: number) => two(n) },
      xAxis: { ...base.xAxis, type: 'category', data: bins.map((one) => String(one.group)) },
      yAxis: { ...base.yAxis, min: 0, max: 1 },
      series: [
        { name: say('said'), type: 'bar', barMaxWidth: 24, itemStyle: { color: look.series[1] }, data: bins.map((one) => one.said) },
        { name: say('happened'), type: 'bar', barMaxWidth: 24, itemStyle: { color: look.series[0] }, data: bins.map((one) => one.happened) },
      ],
    }
  }, [say, bins])
  const moves = useCallback((look: Look) => {
    const base = axes(look)
    const names = weights.map((one) => (zh ? one.zh : one.name)).reverse()
    return {
      ...base,
      legend: { show: false },
      grid: { left: 4, right: 16, top: 8, bottom: 4, containLabel: true },
      tooltip: { trigger: 'axis', valueFormatter: (n: number) => two(n) },
      xAxis: { ...base.yAxis },
      yAxis: { ...base.xAxis, type: 'category', data: names },
      series: [{ name: say('weight'), type: 'bar', barMaxWidth: 18, itemStyle: { color: look.series[0] }, data: weights.map((one) => one.weight).reverse() }],
    }
  }, [say, weights, zh])
  return (
    <>
      <p className="quiet">{say('testSays')}</p>
      <div className="learned-two">
        <dl>
          <dt>{say('tested')}</dt><dd className="number">{v.tested_confirmed} / {v.tested_innocent}</dd>
          <dt>{say('strangers')}</dt><dd className="number">{v.strangers_confirmed} / {v.strangers_innocent}</dd>
          <dt>{say('auc')}</dt><dd className="number">{two(v.auc)} (±{two(v.auc_error)})</dd>
          <dt>{say('aucNeed')}</dt><dd className="number">{two(score.demands.auc)} / {two(v.chance)}</dd>
          <dt>{say('balanced')}</dt><dd className="number">{two(v.balanced)}</dd>
          <dt>{say('rates')}</dt><dd className="number">{two(v.recall)} / {two(v.specificity)}</dd>
          <dt>{say('brier')}</dt><dd className="number">{two(v.brier)} / {two(v.brier_base)}</dd>
        </dl>
        <Chart
          title={say('calibration')} gist={say('calibrationGist', { n: bins.length, most: two(apart) })} height={240} option={calibration} rows={bins} rowKey="group"
          columns={[{ title: say('group'), dataIndex: 'group', ...number }, { title: say('rows'), dataIndex: 'rows', ...number }, { title: say('said'), dataIndex: 'said', ...number, render: two }, { title: say('happened'), dataIndex: 'happened', ...number, render: two }]}
        />
      </div>
      {weights.length > 0 ? (
        <Chart
          title={say('weights')} height={260} option={moves} rows={weights} rowKey="name"
          columns={[{ title: say('feature'), dataIndex: 'name', render: (_, one) => (zh ? one.zh : one.name) }, { title: say('weight'), dataIndex: 'weight', ...number, render: two }]}
        />
      ) : null}
    </>
  )
}
