import { Link } from '@tanstack/react-router'
import { Table, type TableProps } from 'antd'
import { ago, moment } from '@/format/time'
import { Amount } from '@/parts/Amount'
import { Name } from '@/parts/Name'
import { dockets } from '@/words/dockets'
import { term } from '@/words/trade'
import type { Asked, Column, Sort } from './filter'
import { type Head, Late, Standing, Warned } from './parts'

type Props = { heads: Head[]; columns: Column[]; asked: Asked; ask: (change: Partial<Asked>) => void; region: (code: string | undefined) => string; loading: boolean }

const sortOf: Partial<Record<Column, Sort>> = { title: 'title', amount: 'amount', last: 'last', warnings: 'warnings' }
const first = { title: 'ascend', amount: 'descend', last: 'descend', warnings: 'descend' } as const

/** The list as a table; the server puts it in order. */
export function List({ heads, columns, asked, ask, region, loading }: Props) {
  const say = dockets.useWords()
  const sorted = asked.sort ?? (asked.q ? undefined : 'last')
  const way = (column: Sort) => (asked.order === 'asc' || (!asked.order && (column === 'title' || column === 'id')) ? 'ascend' : 'descend')
  const cells: Record<Column, NonNullable<TableProps<Head>['columns']>[number]> = {
    title: { render: (_, head) => <Title head={head} />, width: 340 },
    class: { render: (_, head) => term(head.class), width: 110 },
    region: { render: (_, head) => (head.region ? <span title={head.region}>{region(head.region)}</span> : <None />), width: 150 },
    stage: { render: (_, head) => <Standing head={head} />, width: 150 },
    amount: { render: (_, head) => <Money head={head} />, align: 'right', className: 'number', width: 150 },
    tenderer: { render: (_, head) => (head.tenderer ? <Name text={head.tenderer} length={16} /> : <None />), width: 210 },
    last: { render: (_, head) => (head.last ? <time dateTime={head.last} title={moment(head.last)} className="number">{ago(head.last)}</time> : <None />), width: 110 },
    warnings: { render: (_, head) => <Warned head={head} />, align: 'right', width: 100 },
    late: { render: (_, head) => <Late head={head} />, align: 'right', width: 80 },
    origins: { render: (_, head) => <Name text={(head.origins ?? []).join(' ')} length={20} />, width: 190 },
  }
  return (
    <Table<Head>
      size="small"
      rowKey="id"
      loading={loading}
      pagination={false}
      scroll={{ x: columns.reduce((sum, column) => sum + Number(cells[column].width ?? 0), 0) }}
      sticky
      dataSource={heads}
      showSorterTooltip={false}
      onChange={(_page, _filters, sorter) => {
        const one = Array.isArray(sorter) ? sorter[0] : sorter
        const to = sortOf[one?.columnKey as Column]
        if (!to || !one?.order) ask({ sort: undefined, order: undefined })
        else ask({ sort: to, order: one.order === 'ascend' ? 'asc' : 'desc' })
      }}
      columns={columns.map((column) => {
        const sort = sortOf[column]
        return {
          ...cells[column],
          key: column,
          title: say(`column.${column}`),
          ...(sort ? { sorter: true, sortDirections: first[column as keyof typeof first] === 'ascend' ? ['ascend', 'descend'] as const : ['descend', 'ascend'] as const, sortOrder: sorted === sort ? way(sort) : null } : {}),
        } as NonNullable<TableProps<Head>['columns']>[number]
      })}
    />
  )
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
      <Link to={'/dockets/$id' as string} params={{ id: head.id } as never}><Name text={head.title || head.id} length={28} /></Link>
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
