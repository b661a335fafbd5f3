import { DownloadOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Modal, Progress } from 'antd'
import { useState } from 'react'
import { api, must, type Of } from '@/api/client'
import { count } from '@/format/money'
import { moment } from '@/format/time'
import { said } from '@/pages/account/said'
import { dockets } from '@/words/dockets'
import { lang } from '@/words/words'
import { type Asked, filterOf } from './filter'

/** An export: begin, see how far it is, take the file; and those of the last day. */
export default function Export({ asked, shut }: { asked: Asked; shut: () => void }) {
  const say = dockets.useWords()
  const queries = useQueryClient()
  const [id, setID] = useState<string>()
  const earlier = useQuery({ queryKey: ['exports'], queryFn: () => must(api.GET('/api/v1/exports')) })
  const begin = useMutation({
    mutationFn: () => must(api.POST('/api/v1/exports', { body: { filter: filterOf(asked), lang: lang() } })),
    onSuccess: (made) => setID(made.id),
  })
  const state = useQuery({
    queryKey: ['exports', id],
    enabled: id !== undefined,
    queryFn: async () => {
      const now = await must(api.GET('/api/v1/exports/{id}', { params: { path: { id: id ?? '' } } }))
      if (now.state !== 'running') void queries.invalidateQueries({ queryKey: ['exports'], exact: true })
      return now
    },
    refetchInterval: (query) => (query.state.data && query.state.data.state !== 'running' ? false : 700),
  })
  const now = state.data
  const others = (earlier.data?.items ?? []).filter((one) => one.id !== id && one.state === 'done')
  return (
    <Modal open title={say('exportTitle')} onCancel={shut} footer={null} width={560}>
      <p>{say('exportSays')}</p>
      <div aria-live="polite">
        {now ? <How now={now} /> : null}
        {begin.error ?? state.error ? <Alert type="error" showIcon role="alert" title={said(begin.error ?? state.error)} /> : null}
      </div>
      {!now || now.state === 'failed' ? <Button type="primary" loading={begin.isPending || (id !== undefined && !now)} onClick={() => { setID(undefined); begin.mutate() }}>{say('exportBegin')}</Button> : null}
      {others.length ? (
        <>
          <h3>{say('exportEarlier')}</h3>
          <ul className="dockets-exports">
            {others.map((one) => <li key={one.id}><a href={fileOf(one.id)}>{moment(one.asked)}</a> <small>{say('exportDone', { n: count(one.done) })}，{say('asOf', { n: count(one.position) })}</small></li>)}
          </ul>
        </>
      ) : null}
    </Modal>
  )
}

const fileOf = (id: string) => `/api/v1/exports/${encodeURIComponent(id)}/file`

function How({ now }: { now: Of<'Export'> }) {
  const say = dockets.useWords()
  if (now.state === 'failed') return <Alert type="error" showIcon title={say('exportFailed')} description={half(now.error)} style={{ marginBottom: 12 }} />
  const share = now.expected ? Math.floor((100 * now.done) / now.expected) : now.state === 'done' ? 100 : 0
  return (
    <>
      <Progress percent={share} status={now.state === 'done' ? 'success' : 'active'} aria-label={say('exportTitle')} />
      <p>
        {now.state === 'done' ? say('exportDone', { n: count(now.done) }) : now.expected ? say('exportProgress', { done: count(now.done), expected: count(now.expected) }) : say('exportCounting')}
        {' '}<small>{say('asOf', { n: count(now.position) })}</small>
      </p>
      {now.state === 'done' ? <Button type="primary" icon={<DownloadOutlined />} href={fileOf(now.id)}>{say('download')}</Button> : null}
    </>
  )
}

// The API says it in both languages, "中文 / English".
function half(text: string | undefined): string {
  const [zh, en] = (text ?? '').split(' / ')
  return (lang() === 'en' ? en : zh) ?? ''
}
