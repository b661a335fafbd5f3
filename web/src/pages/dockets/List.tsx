import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { ago, moment } from '@/format/time'
import { Amount } from '@/parts/Amount'
import { Name } from '@/parts/Name'
import { dockets } from '@/words/dockets'
import { term } from '@/words/trade'
import type { Asked, Column, Sort } from './filter'
import { type Head, Late, Standing, Warned } from './parts'

type Props = { heads: Head[]; columns: Column[]; asked: Asked; ask: (change: Partial<Asked>) => void; region: (code: string | undefined) => string; loading: boolean }

const sortOf: Partial<Record<Column, 'title' | 'amount' | 'last' | 'warnings'>> = { title: 'title', amount: 'amount', last: 'last', warnings: 'warnings' }
const first = { title: 'ascending', amount: 'descending', last: 'descending', warnings: 'descending' } as const
const other = { ascending: 'descending', descending: 'ascending' } as const

const cells: Record<Column, { width: number; right?: boolean; cell: (head: Head, region: Props['region']) => ReactNode }> = {
  title: { width: 270, cell: (head) => <Title head={head} /> },
  class: { width: 90, cell: (head) => term(head.class) },
  region: { width: 130, cell: (head, region) => (head.region ? <span title={head.region}>{region(head.region)}</span> : <None />) },
  stage: { width: 132, cell: (head) => <Standing head={head} /> },
  amount: { width: 150, right: true, cell: (head) => <Money head={head} /> },
  tenderer: { width: 150, cell: (head) => (head.tenderer ? <Name text={head.tenderer} length={22} /> : <None />) },
  last: { width: 96, cell: (head) => (head.last ? <time dateTime={head.last} title={moment(head.last)} className="number">{ago(head.last)}</time> : <None />) },
  warnings: { width: 84, right: true, cell: (head) => <Warned head={head} /> },
  late: { width: 64, right: true, cell: (head) => <Late head={head} /> },
  origins: { width: 190, cell: (head) => <Name text={(head.origins ?? []).join(' ')} length={20} /> },
}

/** The list as a table; the server puts it in order. */
export function List({ heads, columns, asked, ask, region, loading }: Props) {
  const say = dockets.useWords()
  const sorted = asked.sort ?? (asked.q ? undefined : 'last')
  const way = (column: Sort): 'ascending' | 'descending' => (asked.order === 'asc' || (!asked.order && (column === 'title' || column === 'id')) ? 'ascending' : 'descending')
  const least = columns.reduce((sum, column) => sum + cells[column].width, 0)
  const frame = useRef<HTMLDivElement>(null)
  const fits = useFits(frame, least)
  return (
    <div ref={frame} className={fits ? 'rows-scroll rows-fit' : 'rows-scroll'} aria-busy={loading}>
      <table className="rows" style={{ minWidth: least }}>
        <colgroup>{columns.map((column) => <col key={column} style={{ width: cells[column].width }} />)}</colgroup>
        <thead>
          <tr>
            {columns.map((column) => {
              const sort = sortOf[column]
              const on = sort !== undefined && sorted === sort
              const turned = on && sort ? (way(sort) === first[sort] ? other[first[sort]] : undefined) : sort && first[sort]
              return (
                <th key={column} scope="col" className={cells[column].right ? 'right' : ''} {...(sort ? { 'aria-sort': on ? way(sort) : 'none' } : {})}>
                  {sort ? (
                    <button type="button" onClick={() => ask(turned ? { sort, order: turned === 'ascending' ? 'asc' : 'desc' } : { sort: undefined, order: undefined })}>
                      {say(`column.${column}`)}<span aria-hidden="true" className={on ? 'on' : ''}>{on && way(sort) === 'ascending' ? '▲' : '▼'}</span>
                    </button>
                  ) : say(`column.${column}`)}
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>
          {heads.map((head) => (
            <tr key={head.id}>
              {columns.map((column) => <td key={column} className={cells[column].right ? 'right' : ''}>{cells[column].cell(head, region)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** useFits says whether a frame is at least so wide: only a table that need not be pushed sideways can keep its head below the page's. */
function useFits(frame: { current: HTMLElement | null }, width: number): boolean {
  const [fits, setFits] = useState(false)
  useEffect(() => {
    if (!frame.current) return
    const sizes = new ResizeObserver(([one]) => setFits((one?.contentRect.width ?? 0) >= width))
    sizes.observe(frame.current)
    return () => sizes.disconnect()
  }, [frame, width])
  return fits
}

/** The list on a narrow screen: a card each. */
export function Cards({ heads, region }: Pick<Props, 'heads' | 'region'>) {
  return (
    <ul className="docket-cards">
      {heads.map((head) => (
        <li key={head.id}>
          <Title head={head} />
          <div className="docket-card-line"><span>{term(head.class)}</span><span>{region(head.region)}</span><Standing head={head} /></div>
          <div className="docket-card-line">
            <Money head={head} />
            {head.last ? <time dateTime={head.last} title={moment(head.last)}>{ago(head.last)}</time> : null}
            {head.warnings ? <Warned head={head} /> : null}
            {head.late ? <Late head={head} /> : null}
          </div>
        </li>
      ))}
    </ul>
  )
}

function Title({ head }: { head: Head }) {
  return (
    <div className="docket-title">
      <Link to={'/dockets/$id' as string} params={{ id: head.id } as never}><Name text={head.title || head.id} length={38} /></Link>
      <small className="number">{head.id}</small>
    </div>
  )
}

function Money({ head }: { head: Head }) {
  const say = dockets.useWords()
  if (!head.amount) return <None />
  return <span><Amount yuan={head.amount.fen / 100} /> <small className="docket-kind">{say(`amount.${head.amount.kind}`)}</small></span>
}

const None = () => <span aria-hidden="true">—</span>
