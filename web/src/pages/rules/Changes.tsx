import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Input, Space, Tag } from 'antd'
import { useId, useState } from 'react'
import { api, must, type Of, Refused } from '@/api/client'
import { moment } from '@/format/time'
import { Trouble } from '@/parts/Trouble'
import { rules } from '@/words/rules'
import { term } from '@/words/trade'
import { content } from './say'

type Change = Of<'SettingChange'>
type Act = Of<'DecideBody'>['act']

const key = ['rules', 'changes']
const asked = () => must(api.GET('/api/v1/rules/changes'))
const colours = { proposed: 'processing', confirmed: 'success', refused: 'default', withdrawn: 'default' } as const

/** Whose changes may be decided here. */
export const useChanges = () => useQuery({ queryKey: key, queryFn: asked })

const said = (error: unknown): string => (error instanceof Refused ? (error.problem.errors?.[0]?.message ?? error.message) : String(error))

/** Keeps lines that were tried: one proposes them, another person confirms. */
export function Propose({ lines }: { lines: string }) {
  const say = rules.useWords()
  const id = useId()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const changes = useChanges()
  const [effective, setEffective] = useState('')
  const [reason, setReason] = useState('')
  const propose = useMutation({
    mutationFn: () => must(api.POST('/api/v1/rules/changes', { body: { lines, effective, reason } })),
    onSuccess: () => { setReason(''); void message.success(say('proposed')); void queries.invalidateQueries({ queryKey: ['rules'] }) },
  })
  if (!changes.data?.may_act) return null
  return (
    <section aria-labelledby={`${id}h`} className="rule-propose">
      <h2 id={`${id}h`}>{say('propose')}</h2>
      <p>{say('proposeSays')}</p>
      <label htmlFor={`${id}d`}>{say('effective')}</label>
      <Input id={`${id}d`} type="date" style={{ maxWidth: 180 }} value={effective} onChange={(event) => setEffective(event.target.value)} />
      <label htmlFor={`${id}r`}>{say('reason')}</label>
      <Input.TextArea id={`${id}r`} autoSize={{ minRows: 2, maxRows: 6 }} maxLength={2000} value={reason} onChange={(event) => setReason(event.target.value)} />
      <p><Button loading={propose.isPending} disabled={!lines.trim() || !effective || !reason.trim()} onClick={() => propose.mutate()}>{say('proposeDo')}</Button></p>
      {propose.error ? <p role="alert" className="over">{said(propose.error)}</p> : null}
    </section>
  )
}

function One({ change, mayAct }: { change: Change; mayAct: boolean }) {
  const say = rules.useWords()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [refusing, setRefusing] = useState(false)
  const [why, setWhy] = useState('')
  const decide = useMutation({
    mutationFn: (act: Act) => must(api.POST('/api/v1/rules/changes/{id}', { params: { path: { id: change.id } }, body: { act, ...(why ? { reason: why } : {}) } })),
    onSuccess: () => { setRefusing(false); void queries.invalidateQueries({ queryKey: ['rules'] }) },
    onError: (error) => void message.error(said(error)),
  })
  const who = (deed: Of<'Deed'>) => `${deed.name || deed.person}${deed.office ? `（${deed.office}）` : ''}`
  return (
    <li className="rule-change">
      <p>
        <Tag color={colours[change.state as keyof typeof colours]}>{say(`state.${change.state}` as 'state.proposed')}</Tag>
        {change.state === 'confirmed' ? <strong>{change.holds ? say('holds') : say('willHold', { at: change.effective })}</strong> : say('wouldHold', { at: change.effective })}
      </p>
      <ul>
        {(change.lines ?? []).map((line) => (
          <li key={`${line.id}@${line.date}`}>
            <code>{line.id}@{line.date}</code> {line.indicator || say('weights')} · {line.region || say('everywhere')} / {line.class ? term(line.class) : say('everywhere')} · <code>{content(line)}</code> · {line.source}
          </li>
        ))}
        {(change.lines ?? []).length === 0 ? <li className="over">{say('unreadable')}</li> : null}
      </ul>
      <p className="quiet">
        {say('byProposed', { who: who(change.proposed), at: moment(change.proposed.at), why: change.proposed.text ?? '', n: change.proposed.position })}
        {change.decided ? <> {say('byDecided', { who: who(change.decided), at: moment(change.decided.at), what: say(`state.${change.state}` as 'state.proposed'), why: change.decided.text ?? '', n: change.decided.position })}</> : null}
      </p>
      {mayAct && change.state === 'proposed' ? (
        refusing ? (
          <Space.Compact block>
            <Input aria-label={say('reason')} placeholder={say('reason')} value={why} onChange={(event) => setWhy(event.target.value)} />
            <Button loading={decide.isPending} disabled={!why.trim()} onClick={() => decide.mutate('refuse')}>{say('refuse')}</Button>
          </Space.Compact>
        ) : change.own ? (
          <Space wrap><span>{say('another')}</span><Button loading={decide.isPending} onClick={() => decide.mutate('withdraw')}>{say('withdraw')}</Button></Space>
        ) : (
          <Space wrap><Button type="primary" loading={decide.isPending} onClick={() => decide.mutate('confirm')}>{say('confirm')}</Button><Button onClick={() => setRefusing(true)}>{say('refuse')}</Button></Space>
        )
      ) : null}
    </li>
  )
}

/** What the office changed in the settings, or means to: who, when, from which day, why. */
export function ChangeList() {
  const say = rules.useWords()
  const { data, error, refetch } = useChanges()
  if (error) return <Trouble error={error} retry={() => void refetch()} />
  if (!data) return null
  return (
    <section aria-label={say('changes')}>
      <h2>{say('changes')}</h2>
      {(data.items ?? []).length === 0 ? <p className="quiet">{say('changesNone')}</p> : <ul className="rule-change-list">{(data.items ?? []).map((one) => <One key={one.id} change={one} mayAct={data.may_act} />)}</ul>}
    </section>
  )
}
