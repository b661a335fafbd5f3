import { Empty, Tag, Tooltip } from 'antd'
import type { Of } from '@/api/client'
import { day, moment } from '@/format/time'
import { docketWords } from '@/words/docket'
import { both } from '@/words/words'
import { useStages, type View } from './data'
import { scale, ticks } from './scale'

type Period = Of<'BoardPeriod'>

const colour: Record<string, string> = { 'on time': 'success', late: 'error', 'too short': 'warning', due: 'processing' }

/** The legal periods on one axis of time: a bar from where each runs to its end, a mark where what it waits for came. The table is its own text. */
export function Way({ view }: { view: View }) {
  const say = docketWords.useWords()
  const stages = useStages(view.id).data
  const seen = new Map<string, Period & { lotName: string }>()
  for (const lot of stages?.lots ?? []) for (const step of lot.steps ?? []) for (const p of step.periods ?? []) {
    if (p.from) seen.set(`${p.id} ${p.lot ?? ''} ${p.from}`, { ...p, lotName: (stages?.lots?.length ?? 0) > 1 ? (lot.name ?? lot.code) : '' })
  }
  const periods = [...seen.values()].sort((a, b) => (a.from ?? '').localeCompare(b.from ?? ''))
  if (!stages) return null
  if (periods.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say('noPeriods')} />
  const times = [
    ...periods.flatMap((p) => [p.from, p.due, p.to]),
    ...(view.events ?? []).map((e) => e.at).filter((at) => at <= view.at),
  ].filter((t): t is string => !!t).map((t) => Date.parse(t))
  const axis = scale(Math.min(...times), Math.max(...times))
  const now = axis.at(Date.parse(view.at))
  return (
    <div className="way">
      <table>
        <caption className="unseen">{say('wayAria', { from: day(new Date(axis.from)), to: day(new Date(axis.to)) })}</caption>
        <thead>
          <tr>
            <th scope="col">{say('wayTable')}</th>
            <th scope="col" className="way-axis" aria-hidden="true">
              <div>{ticks(axis).map((t) => <span key={t.label} style={{ left: `${t.at}%` }}>{t.label}</span>)}</div>
            </th>
            <th scope="col">{say('due')}</th>
            <th scope="col">{say('came')}</th>
            <th scope="col">{say('state')}</th>
          </tr>
        </thead>
        <tbody>
          {periods.map((p) => {
            const from = axis.at(Date.parse(p.from ?? ''))
            const due = p.due ? axis.at(Date.parse(p.due)) : from
            return (
              <tr key={`${p.id} ${p.lot ?? ''} ${p.from ?? ''}`}>
                <th scope="row">
                  {both(p.words)}
                  <small>{p.lotName ? `${p.lotName} · ` : ''}{p.article}{p.unverified ? ` · ${say('unverified')}` : ''}{p.provisional ? ` · ${say('provisional')}` : ''}</small>
                </th>
                <td className="way-axis" aria-hidden="true">
                  <div>
                    {now >= 0 && now <= 100 ? <i className="way-now" style={{ left: `${now}%` }} /> : null}
                    <Tooltip title={`${moment(p.from)} → ${moment(p.due)}`}>
                      <b className={`way-bar way-${p.state.replace(' ', '-')}`} style={{ left: `${Math.min(from, due)}%`, width: `max(4px, ${Math.abs(due - from)}%)` }} />
                    </Tooltip>
                    {p.to ? <u className={`way-mark way-${p.state.replace(' ', '-')}`} style={{ left: `${axis.at(Date.parse(p.to))}%` }} /> : null}
                  </div>
                </td>
                <td className="number">{day(p.due)}</td>
                <td className="number">{p.to ? day(p.to) : say('notYet')}</td>
                <td><Tag color={colour[p.state] ?? 'default'}>{say((p.state === 'due' ? 'dueState' : p.state) as 'late')}</Tag></td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
