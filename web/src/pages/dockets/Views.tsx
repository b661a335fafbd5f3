import { DeleteOutlined, SaveOutlined, StarOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Checkbox, Input, Modal, Popover, Select } from 'antd'
import { useState } from 'react'
import { api, must, type Of } from '@/api/client'
import { said } from '@/pages/account/said'
import { useSession } from '@/session/session'
import { dockets } from '@/words/dockets'
import { type Asked, askedOf, queryOf } from './filter'

type View = Of<'SavedView'>

/** useViews are the lists that this reader may use. */
export const useViews = () => useQuery({ queryKey: ['views', 'dockets'], queryFn: () => must(api.GET('/api/v1/views', { params: { query: { page: 'dockets' } } })), staleTime: 60_000 })

/** opening is the view with which the page opens: one's own, else one's role's, else the one for all. */
export function opening(views: readonly View[] | null | undefined): View | undefined {
  const marked = (views ?? []).filter((view) => view.default)
  return marked.find((view) => !view.office) ?? marked.find((view) => view.role) ?? marked[0]
}

/** Views that are kept: choose one, keep this one, drop one. */
export function Views({ asked, use }: { asked: Asked; use: (asked: Asked) => void }) {
  const say = dockets.useWords()
  const queries = useQueryClient()
  const { message } = App.useApp()
  const views = useViews()
  const [open, setOpen] = useState(false)
  const [keeping, setKeeping] = useState(false)
  const drop = useMutation({
    mutationFn: (id: string) => must(api.DELETE('/api/v1/views/{id}', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['views'] }),
    onError: (error) => message.error(said(error)),
  })
  const now = queryOf(asked)
  const line = (view: View) => (
    <li key={view.id}>
      <Button type="text" aria-current={view.query === now ? 'true' : undefined} className={view.query === now ? 'now' : ''} onClick={() => { use(askedOf(view.query)); setOpen(false) }}>
        {view.name}{view.default ? <> <StarOutlined aria-label={say('viewDefault')} /></> : null}
      </Button>
      {view.mine ? <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={say('drop', { name: view.name })} onClick={() => drop.mutate(view.id)} /> : null}
    </li>
  )
  const all = views.data?.items ?? []
  const own = all.filter((view) => !view.office)
  const offices = all.filter((view) => view.office)
  return (
    <>
      <Popover
        open={open} onOpenChange={setOpen} trigger="click" placement="bottomRight"
        content={(
          <div className="dockets-views">
            {own.length ? <><h3>{say('mine')}</h3><ul>{own.map(line)}</ul></> : null}
            {offices.length ? <><h3>{say('office')}</h3><ul>{offices.map(line)}</ul></> : null}
            {all.length ? null : <p>{say('viewsNone')}</p>}
            <Button icon={<SaveOutlined />} onClick={() => { setOpen(false); setKeeping(true) }}>{say('saveView')}</Button>
          </div>
        )}
      >
        <Button icon={<StarOutlined />}>{say('views')}</Button>
      </Popover>
      {keeping ? <Keep asked={asked} shut={() => setKeeping(false)} /> : null}
    </>
  )
}

const roles = ['supervisor', 'auditor', 'office', 'administrator', 'source', 'tenderer', 'party'] as const

function Keep({ asked, shut }: { asked: Asked; shut: () => void }) {
  const say = dockets.useWords()
  const { role } = useSession()
  const queries = useQueryClient()
  const { message } = App.useApp()
  const [name, setName] = useState('')
  const [first, setFirst] = useState(false)
  const [whom, setWhom] = useState('')
  const keep = useMutation({
    mutationFn: () => must(api.POST('/api/v1/views', {
      body: { page: 'dockets', name, query: queryOf(asked), default: first, office: whom !== '', ...(whom && whom !== 'all' ? { role: whom as (typeof roles)[number] } : {}) },
    })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['views'] })
      void message.success(say('saved'))
      shut()
    },
  })
  return (
    <Modal open title={say('saveView')} onCancel={shut} footer={null}>
      <form className="dockets-form" onSubmit={(event) => { event.preventDefault(); keep.mutate() }}>
        <label htmlFor="view-name">{say('viewName')}</label>
        <Input id="view-name" autoFocus required maxLength={60} value={name} onChange={(event) => setName(event.target.value)} />
        <Checkbox checked={first} onChange={(event) => setFirst(event.target.checked)}>{say('viewDefault')}</Checkbox>
        {role === 'office' ? (
          <>
            <label htmlFor="view-whom">{say('viewOffice')}</label>
            <Select id="view-whom" value={whom} onChange={setWhom} options={['', 'all', ...roles].map((value) => ({ value, label: say(`role.${value}` as 'role.all') }))} />
          </>
        ) : null}
        {keep.error ? <Alert type="error" showIcon role="alert" title={said(keep.error)} /> : null}
        <div><Button type="primary" htmlType="submit" loading={keep.isPending}>{say('save')}</Button></div>
      </form>
    </Modal>
  )
}
