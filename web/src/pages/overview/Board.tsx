import { Empty, Skeleton, type TableColumnsType } from 'antd'
import { useMemo } from 'react'
import { Chart } from '@/charts/Chart'
import type { Look } from '@/charts/look'
import { exact, count, money } from '@/format/money'
import { moment } from '@/format/time'
import { To } from '@/parts/To'
import { overview as words } from '@/words/overview'
import { sources as sourceWords } from '@/words/sources'
import { term } from '@/words/trade'
import { type Overview, useMap, useSince } from './data'
import { listAddress } from './view'

type Say = ReturnType<typeof words.useWords>
type Key = Parameters<Say>[0]
const yuan = (fen: number): number => fen / 100
const short = (name: string): string => name.replace(/(市|省)$/, '')

/** All figures of a view, each with the way to what it counts. */
export function Board({ data, wall, pick }: { data: Overview; wall?: boolean; pick: (region: string) => void }) {
  const say = words.useWords()
  if (data.total.dockets === 0 && !wall) return <Empty description={say('empty')} style={{ padding: 48 }} />
  return (
    <div className={wall ? 'board board-wall' : 'board'}>
      <Figures data={data} />
      <Places data={data} wall={wall} pick={pick} />
      <Hours data={data} wall={wall} />
      {data.warnings ? <Levels data={data} wall={wall} /> : null}
      <Funnel data={data} wall={wall} />
      <Values data={data} wall={wall} />
      {data.systems ? <Systems data={data} wall={wall} /> : null}
    </div>
  )
}

/** A figure that leads to its list. */
function Figure({ label, says, value, list, tone }: { label: string; says?: string; value: string; list?: string | undefined; tone?: 'high' | 'middle' }) {
  const shown = <strong className={tone ? `number tone-${tone}` : 'number'}>{value}</strong>
  return (
    <div className="figure">
      <dt title={says}>{label}</dt>
      <dd>{list === undefined ? shown : <To address={listAddress(list)} label={`${label} ${value}`}>{shown}</To>}</dd>
    </div>
  )
}

function Figures({ data }: { data: Overview }) {
  const say = words.useWords()
  const since = useSince()
  const total = data.total
  const w = data.warnings
  return (
    <dl className="figures">
      <Figure label={say('dockets')} value={count(total.dockets)} list={total.list ?? ''} />
      <div className="figure">
        <dt title={say('valueSays')}>{say('value')}</dt>
        <dd><strong className="number" title={exact(yuan(total.fen))}>{money(yuan(total.fen))}</strong><small>{say('priced', { n: count(total.priced) })}</small></dd>
      </div>
      {w ? <Figure label={say('fact')} value={count(w.fact.dockets)} list={w.fact.list} {...(w.fact.dockets ? { tone: 'high' as const } : {})} /> : null}
      {w ? <Figure label={say('clue')} value={count(w.clue.dockets)} list={w.clue.list} {...(w.clue.dockets ? { tone: 'middle' as const } : {})} /> : null}
      {w ? <Figure label={say('late')} says={say('lateSays')} value={count(w.late.dockets)} list={w.late.list} /> : null}
      <Figure label={say('moved')} value={count(data.moved.dockets)} list={data.moved.list} />
      <div className="figure">
        <dt>{say('live')}</dt>
        <dd><strong className="number">{say('records', { n: count(since.records) })}</strong>{w ? <small>{say('warnings', { n: count(since.warnings) })}</small> : null}</dd>
      </div>
    </dl>
  )
}

const amount = <Row extends { fen: number }>(title: string): TableColumnsType<Row>[number] => ({ title, dataIndex: 'fen', align: 'right', className: 'number', render: (fen: number) => <span title={exact(yuan(fen))}>{money(yuan(fen))}</span> })
const listed = (value: number, list: string | undefined, of: string) => (list === undefined ? count(value) : <To address={listAddress(list)} label={`${of} ${count(value)}`}>{count(value)}</To>)

type Area = NonNullable<Overview['areas']>[number]
type Class = NonNullable<Overview['classes']>[number]
type Props = { data: Overview; wall?: boolean | undefined }

function Places({ data, wall, pick }: Props & { pick: (region: string) => void }) {
  const say = words.useWords()
  const outlines = useMap()
  const areas = data.areas ?? []
  const top = areas.toSorted((a, b) => b.dockets - a.dockets)[0]
  const drawn = data.region.code === '410000' && outlines.data !== undefined
  const map = useMemo(() => (outlines.data ? { name: 'home', geo: withNames(outlines.data.geo) } : undefined), [outlines.data])
  const option = useMemo(() => (drawn ? mapOption(data, say) : barOption(data, say)), [data, drawn, say])
  if (areas.length === 0) return null
  const waits = data.region.code === '410000' && outlines.isPending
  return (
    <div className="board-map">
      {waits ? <Skeleton.Node active style={{ width: '100%', height: 500 }} /> : <Chart
        title={say('map')} bare={wall ?? false} height={wall ? '100%' : 460} option={option} {...(drawn ? { map } : {})}
        gist={top ? say('gistTop', { name: top.name, n: count(top.dockets) }) : ''}
        rows={areas} rowKey="code"
        onPick={({ name }) => {
          const area = areas.find((one) => one.code === name || one.name === name)
          if (area) pick(area.code)
        }}
        columns={[
          { title: say('place'), dataIndex: 'name', render: (name: string, area) => <To address={`/?region=${area.code}`}>{name}</To> },
          { title: say('dockets'), dataIndex: 'dockets', align: 'right', className: 'number', render: (n: number, area) => listed(n, area.list, area.name) },
          amount<Area>(say('value')),
          ...(data.warnings ? [
            { title: say('fact'), dataIndex: 'fact', align: 'right' as const, className: 'number', render: (n: number | undefined, area: Area) => listed(n ?? 0, `${area.list}&warning=fact`, area.name) },
            { title: say('clue'), dataIndex: 'clue', align: 'right' as const, className: 'number', render: (n: number | undefined, area: Area) => listed(n ?? 0, `${area.list}&warning=clue`, area.name) },
          ] : []),
        ]}
      />}
      <p className="board-note">
        {[
          (drawn || waits) && !wall ? say('mapSays') : '',
          data.rest ? say('rest', { n: count(data.rest.dockets) }) : '',
          drawn && outlines.data?.review ? say('review', { n: outlines.data.review }) : '',
        ].filter(Boolean).join(' · ')}
      </p>
    </div>
  )
}

type Feature = { properties: { code: string; name: string } }

// A feature is found by its code; its name is what is written on it.
function withNames(geo: unknown): unknown {
  const all = geo as { features: Feature[] }
  return { ...all, features: all.features.map((one) => ({ ...one, properties: { ...one.properties, label: one.properties.name, name: one.properties.code } })) }
}

function tip(data: Overview, say: Say, code: string): string {
  const area = (data.areas ?? []).find((one) => one.code === code || one.name === code)
  if (!area) return ''
  const lines = [`<b>${area.name}</b>`, `${say('dockets')} ${count(area.dockets)}`, `${say('value')} ${money(yuan(area.fen))}`]
  if (data.warnings) lines.push(`${say('fact')} ${count(area.fact ?? 0)}`, `${say('clue')} ${count(area.clue ?? 0)}`)
  return lines.join('<br>')
}

const mapOption = (data: Overview, say: Say) => (look: Look) => {
  const areas = data.areas ?? []
  const name = new Map(areas.map((one) => [one.code, one.name]))
  return {
    tooltip: { ...tooltip(look), formatter: (at: { name: string }) => tip(data, say, at.name) },
    visualMap: {
      min: 0, max: Math.max(1, ...areas.map((one) => one.dockets)), left: 4, bottom: 4, itemHeight: 90, itemWidth: 10, calculable: false, precision: 0,
      inRange: { color: look.scale }, textStyle: { color: look.quiet }, text: [say('dockets'), ''],
    },
    series: [{
      type: 'map', map: 'home', roam: false, selectedMode: false, aspectScale: 0.85, layoutCenter: ['50%', '50%'], layoutSize: '98%',
      label: {
        show: true, color: look.text, fontSize: look.size - 1, textBorderColor: look.ground, textBorderWidth: 2.5, lineHeight: look.size + 2,
        formatter: (at: { name: string; value: number }) => `${short(name.get(at.name) ?? '')}\n${Number.isFinite(at.value) ? count(at.value) : ''}`,
      },
      itemStyle: { areaColor: look.scale[0], borderColor: look.ground, borderWidth: 1.2 },
      emphasis: { label: { color: look.text, fontWeight: 600 }, itemStyle: { areaColor: look.series[1] } },
      data: areas.map((one) => ({ name: one.code, value: one.dockets })),
    }],
  }
}

const tooltip = (look: Look) => ({ confine: true, backgroundColor: look.ground, borderColor: look.line, textStyle: { color: look.text, fontSize: 12 } })
const axis = (look: Look) => ({ axisLabel: { color: look.quiet, fontSize: look.size }, axisLine: { lineStyle: { color: look.line } }, axisTick: { show: false }, splitLine: { lineStyle: { color: look.line } } })

const barOption = (data: Overview, say: Say) => (look: Look) => {
  const areas = (data.areas ?? []).toSorted((a, b) => a.dockets - b.dockets)
  return {
    tooltip: { ...tooltip(look), formatter: (at: { name: string }) => tip(data, say, at.name) },
    grid: { left: 8, right: 40, top: 4, bottom: 4, containLabel: true },
    xAxis: { type: 'value', minInterval: 1, ...axis(look), axisLabel: { show: false }, splitLine: { show: false } },
    yAxis: { type: 'category', data: areas.map((one) => one.name), ...axis(look) },
    series: [{ type: 'bar', barMaxWidth: 18, itemStyle: { color: look.accent, borderRadius: 2 }, label: { show: true, position: 'right', color: look.text, fontSize: look.size }, data: areas.map((one) => one.dockets) }],
  }
}

function Hours({ data, wall }: Props) {
  const say = words.useWords()
  const today = data.today ?? []
  const hours = data.hours ?? []
  const option = useMemo(() => (look: Look) => ({
    tooltip: { ...tooltip(look), trigger: 'axis', axisPointer: { type: 'shadow' } },
    legend: { top: 0, textStyle: { color: look.quiet, fontSize: look.size }, itemWidth: 10, itemHeight: 10, type: 'scroll' },
    grid: { left: 4, right: 8, top: 30, bottom: 4, containLabel: true },
    xAxis: { type: 'category', data: Array.from({ length: 24 }, (_, hour) => `${hour}`), ...axis(look) },
    yAxis: { type: 'value', minInterval: 1, ...axis(look) },
    series: (data.today ?? []).map((one, at) => ({
      name: term(one.class), type: 'bar', stack: 'all', barMaxWidth: 16, itemStyle: { color: look.series[at % look.series.length] },
      data: Array.from({ length: 24 }, (_, hour) => (data.hours ?? []).find((h) => h.hour === hour && h.class === one.class)?.dockets ?? 0),
    })),
  }), [data])
  return (
    <Chart
      title={say('hours')} bare={wall ?? false} height={wall ? '100%' : 220} option={option} empty={say('noHours')} rowKey="hour"
      rows={hours.length === 0 ? [] : Array.from({ length: 24 }, (_, hour) => ({ hour })).filter(({ hour }) => hours.some((h) => h.hour === hour))}
      columns={[
        { title: say('hour'), dataIndex: 'hour', render: (hour: number) => `${hour}:00` },
        ...today.map((one) => ({
          title: <To address={listAddress(one.list)} label={`${term(one.class)} ${count(one.dockets)}`}>{term(one.class)} {count(one.dockets)}</To>, key: one.class, align: 'right' as const, className: 'number',
          render: (_: unknown, { hour }: { hour: number }) => count(hours.find((h) => h.hour === hour && h.class === one.class)?.dockets ?? 0),
        })),
      ]}
    />
  )
}

function Levels({ data, wall }: Props) {
  const say = words.useWords()
  const w = data.warnings
  const rows = useMemo(() => (w ? (['fact', 'clue', 'late'] as const).map((level) => ({ level, ...w[level] })) : []), [w])
  return (
    <section className="chart" aria-labelledby="levels">
      <figcaption><h2 id="levels">{say('levels')}</h2></figcaption>
      <ul className={wall ? 'levels levels-wall' : 'levels'}>
        {rows.map((row) => {
          const part = data.total.dockets ? (row.dockets / data.total.dockets) * 100 : 0
          return (
            <li key={row.level}>
              <span>{say(row.level)}</span>
              <span className="levels-bar" aria-hidden="true">{part > 0 ? <i className={`levels-${row.level}`} style={{ width: `${part}%` }} /> : null}</span>
              <strong className="number">{listed(row.dockets, row.list, say(row.level))}</strong>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function Funnel({ data, wall }: Props) {
  const say = words.useWords()
  const stages = data.stages ?? []
  const most = Math.max(1, ...(data.phases ?? []).map((one) => one.reached.dockets))
  return (
    <section className="chart" aria-labelledby="funnel">
      <figcaption><h2 id="funnel">{say('funnel')}</h2></figcaption>
      <ol className={wall ? 'funnel funnel-wall' : 'funnel'}>
        {(data.phases ?? []).map((one) => (
          <li key={one.phase}>
            <div className="funnel-bar" style={{ inlineSize: `${Math.max(30, (one.reached.dockets / most) * 100)}%` }}>
              <b>{say(`phase.${one.phase}` as Key)}</b>
              <span>{say('reached')} {listed(one.reached.dockets, one.reached.list, say('reached'))}</span>
              <span>{say('stand')} {listed(one.stand.dockets, one.stand.list, say('stand'))}</span>
            </div>
          </li>
        ))}
      </ol>
      {wall ? null : (
        <ul className="stages">
          {stages.filter((one) => one.dockets > 0).map((one) => <li key={one.stage}>{say(`stage.${one.stage}` as Key)} <b className="number">{listed(one.dockets, one.list, say(`stage.${one.stage}` as Key))}</b></li>)}
        </ul>
      )}
    </section>
  )
}

function Values({ data, wall }: Props) {
  const say = words.useWords()
  const classes = data.classes ?? []
  const option = useMemo(() => (look: Look) => {
    const list = (data.classes ?? []).toReversed()
    return {
      tooltip: { ...tooltip(look), formatter: (at: { name: string; value: number }) => `${at.name}<br>${money(at.value)}` },
      grid: { left: 8, right: 8 * look.size, top: 4, bottom: 4, containLabel: true },
      xAxis: { type: 'value', ...axis(look), axisLabel: { show: false }, splitLine: { show: false } },
      yAxis: { type: 'category', data: list.map((one) => term(one.class)), ...axis(look) },
      series: [{ type: 'bar', barMaxWidth: 18, itemStyle: { color: look.accent, borderRadius: 2 }, label: { show: true, position: 'right', color: look.text, fontSize: look.size, formatter: (at: { value: number }) => money(at.value) }, data: list.map((one) => yuan(one.fen)) }],
    }
  }, [data])
  return (
    <Chart
      title={say('byClass')} bare={wall ?? false} height={wall ? '100%' : Math.max(120, classes.length * 32)} option={option} rows={classes} rowKey="class"
      columns={[
        { title: say('class'), dataIndex: 'class', render: (name: string) => term(name) },
        { title: say('dockets'), dataIndex: 'dockets', align: 'right', className: 'number', render: (n: number, one) => listed(n, one.list, term(one.class)) },
        amount<Class>(say('value')),
      ]}
    />
  )
}

function Systems({ data, wall }: Props) {
  const say = words.useWords()
  const state = sourceWords.useWords()
  return (
    <section className={wall ? 'chart chart-systems' : 'chart'} aria-labelledby="systems">
      <figcaption><h2 id="systems">{say('systems')}</h2></figcaption>
      <ul className="systems">
        {(data.systems ?? []).map((one) => (
          <li key={one.state}><To address={`/sources?state=${one.state}`} label={`${one.systems} ${state(`state.${one.state}`)}`}><strong className="number">{one.systems}</strong><span className={`source-state source-${one.state}`}>{state(`state.${one.state}`)}</span></To></li>
        ))}
      </ul>
      <p className="board-note">{say('updated', { at: moment(data.at, true) })}</p>
    </section>
  )
}
