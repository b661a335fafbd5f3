import { BarChartOutlined, TableOutlined } from '@ant-design/icons'
import { Button, Skeleton, Table, type TableColumnsType } from 'antd'
import type { ECharts, EChartsCoreOption } from 'echarts/core'
import { type ReactNode, useEffect, useEffectEvent, useId, useRef, useState } from 'react'
import { shell } from '@/words/shell'
import './charts.css'
import { calm, type Look, useLook } from './look'

type Engine = typeof import('./engine')
let engine: Promise<Engine> | undefined
// The drawing code is the largest file of all: it comes when words and figures are on the screen.
const idle = (): Promise<void> => new Promise((next) => { if ('requestIdleCallback' in window) requestIdleCallback(() => next(), { timeout: 400 }); else setTimeout(next, 50) })
const load = (): Promise<Engine> => (engine ??= idle().then(() => import('./engine')))

export type ChartProps<Row extends object> = {
  /** What the chart shows: its heading, and its name for who does not see it. */
  title: string
  /** Its gist in one sentence, for who does not see it. */
  gist?: string
  /** What is drawn, in the colours of the moment. */
  option: (look: Look) => EChartsCoreOption
  /** The same as a table: each row and figure, with its links. */
  rows: Row[]
  columns: TableColumnsType<Row>
  rowKey: string | ((row: Row) => string)
  height?: number | string
  /** A map that the option draws on, by name. */
  map?: { name: string; geo: unknown } | undefined
  /** Something of the drawing was clicked. Who has no mouse follows the table's links. */
  onPick?: (picked: { name: string; series: string; index: number }) => void
  /** Without heading and without switch: on the wall. */
  bare?: boolean
  extra?: ReactNode
  empty?: ReactNode
}

/**
 * A chart with the table that stands behind it. The drawing code comes when a
 * chart is first on the screen; it wears the shade, follows its frame's size and
 * holds still for who asked for that.
 */
export function Chart<Row extends object>({ title, gist, option, rows, columns, rowKey, height = 260, map, onPick, bare, extra, empty }: ChartProps<Row>) {
  const say = shell.useWords()
  const look = useLook(bare)
  const [table, setTable] = useState(false)
  const [drawn, setDrawn] = useState(false)
  const [failed, setFailed] = useState(false)
  const frame = useRef<HTMLDivElement>(null)
  const chart = useRef<ECharts | undefined>(undefined)
  const heading = useId()
  const pick = useEffectEvent((picked: { name: string; seriesName?: string | undefined; dataIndex: number }) => onPick?.({ name: picked.name, series: picked.seriesName ?? '', index: picked.dataIndex }))
  const draw = useEffectEvent((on: ECharts) => on.setOption({ animation: !calm(), animationDuration: 300, textStyle: { fontFamily: getComputedStyle(on.getDom()).fontFamily, color: look.text, fontSize: look.size }, ...option(look) }, { notMerge: true }))
  const asTable = table || failed
  const bareOfRows = rows.length === 0

  useEffect(() => {
    if (asTable || bareOfRows || !frame.current) return
    const at = frame.current
    let over = false
    let sizes: ResizeObserver | undefined
    load().then((tools) => {
      if (over) return
      if (map) tools.registerMap(map.name, map.geo as Parameters<typeof tools.registerMap>[1])
      const on = tools.init(at)
      chart.current = on
      on.on('click', (event) => pick(event as unknown as Parameters<typeof pick>[0]))
      draw(on)
      setDrawn(true)
      sizes = new ResizeObserver(() => on.resize())
      sizes.observe(at)
    }, () => setFailed(true)) // the drawing code did not come: the table says it all
    return () => {
      over = true
      sizes?.disconnect()
      chart.current?.dispose()
      chart.current = undefined
      setDrawn(false)
    }
  }, [asTable, bareOfRows, map])

  useEffect(() => {
    if (chart.current) draw(chart.current)
  }, [option, look, drawn])

  return (
    <figure className={bare ? 'chart chart-bare' : 'chart'} aria-labelledby={heading}>
      <figcaption>
        <h2 id={heading}>{title}</h2>
        {extra}
        {bare || bareOfRows ? null : (
          <Button type="text" size="small" aria-pressed={asTable} aria-label={`${say(asTable ? 'chart' : 'table')} · ${title}`} title={say(asTable ? 'chart' : 'table')} icon={asTable ? <BarChartOutlined /> : <TableOutlined />} onClick={() => { setFailed(false); setTable(!asTable) }} />
        )}
      </figcaption>
      {bareOfRows ? <div className="chart-empty" style={{ minHeight: height }}>{empty ?? say('none')}</div> : asTable ? (
        <div className="chart-table" style={{ maxHeight: height }} tabIndex={0} role="region" aria-labelledby={heading}>
          <Table size="small" pagination={false} rowKey={rowKey} dataSource={rows} columns={columns} scroll={{ x: 'max-content' }} />
        </div>
      ) : (
        <div className="chart-frame" style={{ height }}>
          {drawn ? null : <Skeleton.Node active className="chart-wait" />}
          <div ref={frame} role="img" aria-label={gist ? `${title} — ${gist}` : title} style={{ height: '100%' }} />
        </div>
      )}
    </figure>
  )
}
