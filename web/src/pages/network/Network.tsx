import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Alert, Button, Empty, Input, Segmented, Select, Skeleton, Table, Tag } from 'antd'
import { type KeyboardEvent, useMemo, useState } from 'react'
import { api, must, type Of } from '@/api/client'
import { Page } from '@/parts/Page'
import { Trouble } from '@/parts/Trouble'
import { network } from '@/words/network'
import type { Asked } from './asked'
import { lit, type Picked, place, thin } from './layout'
import './network.css'

type Node = Of<'NetworkNode'>
type Edge = Of<'NetworkEdge'>
type Community = Of<'NetworkCommunity'>
const side = 640
const short = (name: string) => (name.length > 9 ? `${name.slice(0, 8)}…` : name)
const key = (n: Node) => n.code || n.name
const two = (v: number) => v.toFixed(2)

function Lots({ edge, nodes }: { edge: Edge; nodes: Node[] }) {
  const say = network.useWords()
  const a = nodes[edge.a]?.name ?? '', b = nodes[edge.b]?.name ?? ''
  const lots = edge.behind ?? []
  return (
    <>
      <h2>{say('edge', { a, b, n: edge.dockets })}</h2>
      <p>{say('winsOf', { a, n: edge.wins_a, b, m: edge.wins_b })}{edge.jaccard ? ` · ${say('jaccard', { p: Math.round(100 * edge.jaccard) })}` : ''}</p>
      {(edge.marks ?? []).length > 0 ? <p><Tag color="warning">{say('marks', { ids: (edge.marks ?? []).join('、') })}</Tag></p> : null}
      <h3>{say('lots')}{lots.length < edge.lots ? `（${say('lotsCut', { m: lots.length, n: edge.lots })}）` : ''}</h3>
      <ul className="net-lots">
        {lots.map((l) => (
          <li key={`${l.docket} ${l.lot ?? ''}`}>{l.day} <Link to={`/dockets/${encodeURIComponent(l.docket)}`}>{l.title || l.docket}</Link>{l.winner ? <span className="quiet"> {say('won', { name: l.winner })}</span> : null}</li>
        ))}
      </ul>
    </>
  )
}

function Side({ nodes, edges, communities, picked, pick, walk }: { nodes: Node[]; edges: Edge[]; communities: Community[]; picked: Picked; pick: (p: Picked) => void; walk: (n: Node) => void }) {
  const say = network.useWords()
  const node = picked?.kind === 'node' ? nodes[picked.i] : undefined
  const edge = picked?.kind === 'edge' ? edges[picked.i] : undefined
  return (
    <div className="net-side" aria-live="polite">
      {picked ? <Button size="small" onClick={() => pick(undefined)} style={{ marginBottom: 8 }}>{say('close')}</Button> : null}
      {node && picked ? (
        <>
          <h2>{say('node', { name: node.name, lots: node.lots, wins: node.wins })}</h2>
          <p>{picked.i > 0 ? <Button size="small" type="primary" onClick={() => walk(node)}>{say('walk')}</Button> : null} <Link to="/bodies" search={node.code ? { code: node.code } : { name: node.name }}>{say('open')}</Link></p>
          <h3>{say('links')}</h3>
          <div className="net-list">
            {edges.map((e, i) => ({ e, i })).filter(({ e }) => e.a === picked.i || e.b === picked.i).sort((x, y) => y.e.dockets - x.e.dockets).slice(0, 40).map(({ e, i }) => (
              <Button key={i} type="text" onClick={() => pick({ kind: 'edge', i })}>{nodes[e.a === picked.i ? e.b : e.a]?.name} · {say('leastOf', { n: e.dockets })}</Button>
            ))}
          </div>
        </>
      ) : null}
      {edge ? <Lots edge={edge} nodes={nodes} /> : null}
      {picked?.kind === 'community' ? <><h2>{say('bodies')}</h2><div className="net-list">{(communities[picked.i]?.members ?? []).map((m) => <Button key={m} type="text" onClick={() => pick({ kind: 'node', i: m })}>{nodes[m]?.name}</Button>)}</div></> : null}
      {!node && !edge ? (
        <>
          <h2>{say('communities')}</h2>
          {communities.length === 0 ? <p className="quiet">{say('communitiesNone')}</p> : <p className="quiet">{say('communitySays')}</p>}
          <div className="net-list">
            {communities.map((c, i) => (
              <Button key={i} type={picked?.kind === 'community' && picked.i === i ? 'primary' : 'default'} aria-pressed={picked?.kind === 'community' && picked.i === i} onClick={() => pick({ kind: 'community', i })}>{say('community', { n: (c.members ?? []).length, d: c.dockets, c: two(c.cohesion), e: two(c.exclusivity) })}</Button>
            ))}
          </div>
        </>
      ) : null}
    </div>
  )
}

function Picture({ nodes, edges, communities, least, picked, pick }: { nodes: Node[]; edges: Edge[]; communities: Community[]; least: number; picked: Picked; pick: (p: Picked) => void }) {
  const say = network.useWords()
  const spots = useMemo(() => place(nodes.length, edges.map((e) => ({ a: e.a, b: e.b, weight: e.dockets }))), [nodes, edges])
  const shown = useMemo(() => thin(nodes.length, edges, least), [nodes, edges, least])
  const on = lit(picked, edges, communities.map((c) => ({ members: c.members ?? [] })))
  const most = Math.max(...edges.map((e) => e.dockets), 1), bids = Math.max(...nodes.map((n) => n.dockets), 1)
  const at = (i: number) => ({ x: (spots[i]?.x ?? 0.5) * side, y: (spots[i]?.y ?? 0.5) * side })
  const named = new Set([0, ...shown.nodes.filter((i) => i > 0).sort((a, b) => (nodes[b]?.dockets ?? 0) - (nodes[a]?.dockets ?? 0)).slice(0, 11)])
  const press = (p: Picked) => ({ onClick: () => pick(p), onKeyDown: (e: KeyboardEvent) => { if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); pick(p) } } })
  return (
    <div>
      <svg className="net-map" viewBox={`0 0 ${side} ${side}`} role="group" aria-label={say('mapSays', { name: nodes[0]?.name ?? '', n: nodes.length - 1 })}>
        {shown.edges.map((i) => {
          const e = edges[i]
          if (!e) return null
          const a = at(e.a), b = at(e.b)
          return (
            <g key={i} className={on && !on.edges.has(i) ? 'dim' : on ? 'on' : undefined}>
              <line x1={a.x} y1={a.y} x2={b.x} y2={b.y} className={(e.marks ?? []).length > 0 ? 'marked' : undefined} strokeWidth={0.7 + (4.3 * e.dockets) / most} opacity={0.35 + (0.5 * e.dockets) / most} />
              <line x1={a.x} y1={a.y} x2={b.x} y2={b.y} className="hit" onClick={() => pick({ kind: 'edge', i })}><title>{say('edge', { a: nodes[e.a]?.name ?? '', b: nodes[e.b]?.name ?? '', n: e.dockets })}</title></line>
            </g>
          )
        })}
        {shown.nodes.map((i) => {
          const n = nodes[i]
          if (!n) return null
          const p = at(i), r = 5 + 11 * Math.sqrt(n.dockets / bids)
          return (
            <g key={i} role="button" tabIndex={0} aria-label={say('node', { name: n.name, lots: n.lots, wins: n.wins })} aria-pressed={picked?.kind === 'node' && picked.i === i} {...press({ kind: 'node', i })}
              className={[i === 0 ? 'first' : '', n.wins > 0 ? 'won' : '', n.partial ? 'partial' : '', on && !on.nodes.has(i) ? 'dim' : ''].join(' ')}>
              <circle cx={p.x} cy={p.y} r={r} />
              <title>{say('node', { name: n.name, lots: n.lots, wins: n.wins })}</title>
              {named.has(i) || on?.nodes.has(i) ? <text x={Math.min(side - 55, Math.max(55, p.x))} y={p.y - r - 4}>{short(n.name)}</text> : null}
            </g>
          )
        })}
      </svg>
      <p className="net-key">{say('key')}</p>
    </div>
  )
}

function Tables({ nodes, edges, least, pick, walk }: { nodes: Node[]; edges: Edge[]; least: number; pick: (p: Picked) => void; walk: (n: Node) => void }) {
  const say = network.useWords()
  const rows = edges.map((e, i) => ({ ...e, i })).filter((e) => e.dockets >= least).sort((x, y) => y.dockets - x.dockets)
  const right = { className: 'number', align: 'right' as const }
  return (
    <div className="net-side">
      <h2>{say('bodies')}</h2>
      <Table<Node> size="small" rowKey={key} dataSource={nodes} pagination={nodes.length > 20 ? { pageSize: 20, size: 'small', showSizeChanger: false } : false} scroll={{ x: 'max-content' }} columns={[
        { title: say('name'), key: 'name', render: (_, n) => <Button type="link" size="small" style={{ padding: 0 }} onClick={() => walk(n)}>{n.name}</Button> },
        { title: say('hop'), dataIndex: 'hop', ...right }, { title: say('dockets'), dataIndex: 'dockets', ...right }, { title: say('lotsN'), dataIndex: 'lots', ...right }, { title: say('wins'), dataIndex: 'wins', ...right },
      ]} />
      <h2>{say('links')}</h2>
      <Table<Edge & { i: number }> size="small" rowKey="i" dataSource={rows} pagination={rows.length > 20 ? { pageSize: 20, size: 'small', showSizeChanger: false } : false} scroll={{ x: 'max-content' }} columns={[
        { title: say('name'), key: 'a', render: (_, e) => nodes[e.a]?.name }, { title: say('other'), key: 'b', render: (_, e) => nodes[e.b]?.name },
        { title: say('together'), key: 'n', ...right, render: (_, e) => <Button type="link" size="small" style={{ padding: 0 }} aria-label={say('edge', { a: nodes[e.a]?.name ?? '', b: nodes[e.b]?.name ?? '', n: e.dockets })} onClick={() => pick({ kind: 'edge', i: e.i })}>{e.dockets}</Button> },
        { title: say('lotsN'), dataIndex: 'lots', ...right },
      ]} />
    </div>
  )
}

/** Whom a body bids against, as a picture that can be walked and as tables, with the lots behind every link. */
export default function Network() {
  const say = network.useWords()
  const asked = useSearch({ strict: false }) as Asked
  const navigate = useNavigate()
  const [picked, pick] = useState<Picked>()
  const depth = asked.depth ?? 1, least = asked.least ?? 1
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['network', asked.body ?? '', depth],
    enabled: asked.body !== undefined,
    queryFn: () => must(api.GET('/api/v1/network', { params: { query: { body: asked.body ?? '', depth } } })),
    placeholderData: keepPreviousData,
  })
  const nodes = useMemo(() => data?.nodes ?? [], [data])
  const edges = useMemo(() => data?.edges ?? [], [data])
  const go = (more: Partial<Asked>) => { pick(undefined); void navigate({ to: '/network', search: { ...asked, ...more } }) }
  const walk = (n: Node) => go({ body: key(n) })
  const most = Math.max(...edges.map((e) => e.dockets), 1)
  const name = nodes[0]?.name
  return (
    <Page title={name ? say('titleOf', { name }) : say('title')}>
      <p className="quiet">{say('says')}</p>
      <div className="net-tools">
        <Input.Search key={asked.body ?? ''} aria-label={say('ask')} placeholder={say('ask')} defaultValue={asked.body} enterButton={say('find')} maxLength={200} style={{ maxWidth: 420 }} onSearch={(text) => { if (text.trim().length > 1) go({ body: text.trim() }) }} />
        <Segmented aria-label={say('depth')} value={depth} options={[{ value: 1, label: say('near') }, { value: 2, label: say('far') }]} onChange={(v) => { pick(undefined); void navigate({ to: '/network', search: { ...(asked.body ? { body: asked.body } : {}), ...(v === 2 ? { depth: 2 as const } : {}), ...(asked.view ? { view: asked.view } : {}) } }) }} />
        <span>{say('least')} <Select aria-label={say('least')} value={Math.min(least, most)} style={{ width: 120 }} options={[...Array(Math.min(most, 12)).keys()].map((i) => ({ value: i + 1, label: say('leastOf', { n: i + 1 }) }))} onChange={(n: number) => go({ least: n })} /></span>
        <Segmented value={asked.view ?? 'map'} options={[{ value: 'map', label: say('picture') }, { value: 'table', label: say('table') }]} onChange={(v) => void navigate({ to: '/network', search: { ...(asked.body ? { body: asked.body } : {}), ...(asked.depth ? { depth: asked.depth } : {}), ...(asked.least ? { least: asked.least } : {}), ...(v === 'table' ? { view: 'table' as const } : {}) } })} />
      </div>
      {asked.body === undefined ? <Empty description={say('begin')} /> : error ? <Trouble error={error} retry={() => void refetch()} /> : !data ? <Skeleton active paragraph={{ rows: 10 }} /> : nodes.length === 0 ? <Empty description={say('none')} /> : (
        <>
          {data.more ? <Alert type="info" showIcon title={say('more', { n: data.dockets })} style={{ marginBottom: 8 }} /> : null}
          <p role="status" className="number">{say('looked', { n: data.dockets, b: nodes.length, e: edges.length })}</p>
          <div className="net" aria-busy={isFetching}>
            {asked.view === 'table' ? <Tables nodes={nodes} edges={edges} least={least} pick={pick} walk={walk} /> : <Picture nodes={nodes} edges={edges} communities={data.communities ?? []} least={least} picked={picked} pick={pick} />}
            <Side nodes={nodes} edges={edges} communities={data.communities ?? []} picked={picked} pick={pick} walk={walk} />
          </div>
        </>
      )}
    </Page>
  )
}
