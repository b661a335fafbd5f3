import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Drawer, Grid, Popconfirm, Skeleton } from 'antd'
import { useState } from 'react'
import { api, must } from '@/api/client'
import { day } from '@/format/time'
import { said } from '@/pages/account/said'
import { inForce } from '@/pages/people/roles'
import { useSession } from '@/session/session'
import { organisations } from '@/words/organisations'
import { term } from '@/words/trade'
import { Draft } from './Draft'
import type { Unit } from './tree'

/** One organisation: what it is, what it was, who holds posts in it (for those who keep accounts), and what the office may do. */
export function One({ unit, all, shut }: { unit: Unit; all: Unit[]; shut: () => void }) {
  const say = organisations.useWords()
  const { role } = useSession()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const wide = Grid.useBreakpoint().md ?? true
  const [draft, setDraft] = useState<'below' | 'change'>()
  const keeps = role === 'office' || role === 'administrator'
  const page = useQuery({ queryKey: ['organisation', unit.id], queryFn: () => must(api.GET('/api/v1/organisations/{id}', { params: { path: { id: unit.id } } })) })
  const people = useQuery({ queryKey: ['people', 'all'], enabled: keeps, queryFn: () => must(api.GET('/api/v1/people', { params: { query: { limit: 200 } } })) })
  const dissolve = useMutation({
    mutationFn: () => must(api.PUT('/api/v1/organisations/{id}', { params: { path: { id: unit.id } }, body: { kind: unit.kind, name: unit.name, dissolved: true, ...(unit.parent ? { parent: unit.parent } : {}), ...(unit.region ? { region: unit.region } : {}), ...(unit.sectors ? { sectors: unit.sectors } : {}), ...(unit.code ? { code: unit.code } : {}) } })),
    onSuccess: () => { void queries.invalidateQueries({ queryKey: ['organisations'] }); shut() },
    onError: (error) => void message.error(said(error)),
  })
  const above = all.find((other) => other.id === unit.parent)
  const holders = (people.data?.items ?? []).filter((person) => (person.posts ?? []).some((post) => post.unit === unit.id && inForce(post)))
  return (
    <Drawer open onClose={shut} size={wide ? 480 : '100%'} title={unit.name}>
      <dl className="organisation-facts">
        <dt>{say('kind')}</dt><dd>{say(`kind.${unit.kind}` as 'kind.audit')}</dd>
        {above ? <><dt>{say('parent')}</dt><dd>{above.name}</dd></> : null}
        {unit.region ? <><dt>{say('region')}</dt><dd className="number">{unit.region}</dd></> : null}
        {unit.kind === 'department' ? <><dt>{say('sectorsHeld')}</dt><dd>{unit.sectors?.length ? unit.sectors.map(term).join('、') : say('allSectors')}</dd></> : null}
        {unit.code ? <><dt>{say('code')}</dt><dd className="number">{unit.code}</dd></> : null}
        {keeps ? <><dt>{say('holders')}</dt><dd>{people.isPending ? '…' : holders.map((person) => person.name).join('、') || say('noHolders')}</dd></> : null}
      </dl>
      {role === 'office' ? (
        <div className="organisation-do">
          <Button onClick={() => setDraft('below')}>{say('below')}</Button>
          <Button onClick={() => setDraft('change')}>{say('change')}</Button>
          <Popconfirm title={say('dissolveSure')} okText={say('dissolve')} okButtonProps={{ danger: true }} onConfirm={() => dissolve.mutate()}><Button danger loading={dissolve.isPending}>{say('dissolve')}</Button></Popconfirm>
        </div>
      ) : null}
      <h2 className="organisation-head">{say('history')}</h2>
      {page.isPending ? <Skeleton active /> : (
        <ol className="organisation-history">
          {[...(page.data?.versions ?? [])].reverse().map((version) => (
            <li key={version.from}><span className="number">{say('since', { day: day(version.from) })}</span> {version.dissolved ? say('dissolved') : version.name}</li>
          ))}
        </ol>
      )}
      {draft ? <Draft all={all} shut={() => setDraft(undefined)} {...(draft === 'below' ? { parent: unit } : { unit })} /> : null}
    </Drawer>
  )
}
