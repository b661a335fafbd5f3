import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { App, Button, Input, Popconfirm, Space, Tag } from 'antd'
import { useId, useState } from 'react'
import { api, must, type Of } from '@/api/client'
import { moment } from '@/format/time'
import { instructions } from '@/words/instructions'
import { both } from '@/words/words'
import './instructions.css'
import { said, until } from './said'

export type Instruction = Of<'InstructionView'>
type Move = Of<'Move'>
type Step = Of<'StepBody'>['step']

const colours = { proposed: 'processing', lapsed: 'default', turned: 'default', issued: 'warning', acknowledged: 'processing', executed: 'success', declined: 'error', recalled: 'default' } as const

/** moves are the steps of an instruction in their order, each with its name. */
export function moves(one: Instruction): [name: string, move: Move][] {
  const out: [string, Move][] = [[one.waits ? 'proposed' : 'given', one.given]]
  if (one.decided) out.push([one.state === 'turned' ? 'turn' : 'second', one.decided])
  if (one.acknowledged) out.push(['acknowledge', one.acknowledged])
  if (one.answered) out.push([one.state === 'declined' ? 'decline' : 'execute', one.answered])
  if (one.recalled) out.push(['recall', one.recalled])
  return out.sort((a, b) => a[1].at.localeCompare(b[1].at))
}

function Moved({ name, move, first, ask }: { name: string; move: Move; first: boolean; ask: boolean }) {
  const say = instructions.useWords()
  return (
    <li>
      <time dateTime={move.at} className="number">{moment(move.at)}</time> <strong>{say((ask && name === 'execute' ? 'move.answer' : `move.${name}`) as 'move.given')}</strong>{' '}
      {move.source || move.name || move.person}{move.office ? `（${move.office}）` : ''}{move.for_name ? ` ${say('onBehalf', { name: move.for_name })}` : ''}
      {move.text && !first ? <p>{move.text}</p> : null}
    </li>
  )
}

/** One instruction: what, to whom, how it stands, who did what about it, and what the reader may do. */
export function One({ one, linked }: { one: Instruction; linked: boolean }) {
  const say = instructions.useWords()
  const id = useId()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [asking, setAsking] = useState<Step>()
  const [why, setWhy] = useState('')
  const decide = useMutation({
    mutationFn: (step: Step) => must(api.POST('/api/v1/instructions/{id}', { params: { path: { id: one.id } }, body: { step, ...(step !== 'second' ? { text: why } : {}) } })),
    onSuccess: () => { setAsking(undefined); setWhy(''); void message.success(say('done')); void queries.invalidateQueries({ queryKey: ['instructions'] }) },
    onError: (error) => void message.error(said(error)),
  })
  const { standing } = one
  const Heading = linked ? 'h2' : 'h3'
  const due = [
    standing.state === 'proposed' && standing.second_by ? say('secondBy', { at: until(standing.second_by) }) : '',
    standing.state === 'issued' && standing.acknowledge_by ? say('acknowledgeBy', { at: until(standing.acknowledge_by) }) : '',
    (standing.state === 'issued' || standing.state === 'acknowledged') && standing.execute_by ? say('executeBy', { at: until(standing.execute_by) }) : '',
  ].filter(Boolean).join(' · ')
  const may = one.may ?? []
  return (
    <article className={standing.overdue ? 'instruction instruction-late' : 'instruction'} aria-labelledby={id}>
      <Heading id={id}>
        {say(`kind.${one.kind}` as 'kind.ask')} <Tag color={colours[standing.state as keyof typeof colours]}>{say((one.kind === 'ask' && standing.state === 'executed' ? 'state.answered' : `state.${standing.state}`) as 'state.issued')}</Tag>
        {standing.overdue ? <Tag color="error">{say('overdue')}{standing.climbed ? ` · ${one.with ? say('with', { office: both(one.with.name) }) : say('climbed', { n: standing.climbed })}` : ''}</Tag> : null}
      </Heading>
      {linked ? <p><Link to="/dockets/$id" params={{ id: one.docket } as never} hash="instructions">{one.title || one.docket}</Link> <small className="number">{one.docket}</small></p> : null}
      <p className="instruction-text">{one.text}</p>
      <p className="quiet">{one.lot ? `${say('lot')} ${one.lot}` : say('whole')} · {say('to')} {one.source ?? one.to}{due ? ` · ${due}` : ''}{standing.provisional ? say('provisional') : ''}</p>
      <ol className="instruction-moves">{moves(one).map(([name, move], n) => <Moved key={move.act} name={name} move={move} first={n === 0} ask={one.kind === 'ask'} />)}</ol>
      {asking ? (
        <div className="instruction-why">
          <label htmlFor={`${id}w`}>{say('reason')}</label>
          <Input.TextArea id={`${id}w`} autoFocus autoSize={{ minRows: 2, maxRows: 6 }} maxLength={2000} value={why} onChange={(event) => setWhy(event.target.value)} />
          <Space><Button type="primary" danger loading={decide.isPending} disabled={!why.trim()} onClick={() => decide.mutate(asking)}>{say(asking)}</Button><Button onClick={() => setAsking(undefined)}>{say('cancel')}</Button></Space>
        </div>
      ) : may.length > 0 ? (
        <Space wrap className="no-print">
          {may.includes('second') ? (
            <Popconfirm title={say('seconding')} okText={say('second')} cancelText={say('cancel')} onConfirm={() => decide.mutate('second')}>
              <Button type="primary" loading={decide.isPending}>{say('second')}</Button>
            </Popconfirm>
          ) : null}
          {may.includes('turn') ? <Button onClick={() => setAsking('turn')}>{say('turn')}</Button> : null}
          {may.includes('recall') ? <Button onClick={() => setAsking('recall')}>{say('recall')}</Button> : null}
        </Space>
      ) : null}
    </article>
  )
}
