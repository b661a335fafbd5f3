import { Alert, Descriptions, Tag } from 'antd'
import { Amount } from '@/parts/Amount'
import { Name } from '@/parts/Name'
import { docketWords } from '@/words/docket'
import { term } from '@/words/trade'
import { both } from '@/words/words'
import { useFindings, useSheet, useStages, type View } from './data'

/** What it is, whose, where, how much, where it stands and what is late. */
export function Head({ view }: { view: View }) {
  const say = docketWords.useWords()
  const sheet = useSheet(view.id).data
  const stages = useStages(view.id).data
  const findings = useFindings(view.id).data?.items ?? []
  const late = (stages?.lots ?? []).flatMap((lot) => (lot.steps ?? []).filter((s) => s.state === 'late'))
  const moments = [...new Set((view.lots ?? []).map((lot) => both(lot.moment_words)))]
  const amount = sheet?.card.amount
  const offices = view.competent?.offices?.filter((o) => o.role === 'supervises') ?? []
  return (
    <>
      {late.length > 0 ? <Alert type="error" showIcon style={{ marginBottom: 8 }} title={`${say('lateHead', { n: late.length })}：${[...new Set(late.map((s) => both(s.words)))].join('、')}`} /> : null}
      {findings.length > 0 ? <Alert type="warning" showIcon style={{ marginBottom: 8 }} title={<a href="#warnings">{say('warnHead', { n: findings.length })}</a>} /> : null}
      <Descriptions size="small" bordered column={{ xs: 1, sm: 1, md: 2, xl: 3 }} items={[
        { key: 'code', label: say('code'), children: <code>{view.id}</code> },
        { key: 'class', label: say('class'), children: term(view.class) },
        { key: 'place', label: say('place'), children: view.competent?.name ? `${view.competent.name}（${view.region}）` : (view.region ?? '—') },
        { key: 'tenderer', label: say('tenderer'), children: sheet?.card.tenderer ? <Name text={sheet.card.tenderer} /> : '—' },
        { key: 'amount', label: say('amount'), children: amount ? <><Amount yuan={amount.fen / 100} /> <Tag>{say(amount.kind as 'contract')}</Tag></> : '—' },
        { key: 'stands', label: say('stands'), children: moments.length > 0 ? moments.map((m) => <Tag key={m}>{m}</Tag>) : '—' },
        { key: 'records', label: say('records'), children: <span className="number">{view.records}</span> },
        { key: 'offices', label: say('supervises'), children: offices.length > 0 ? offices.map((o) => both(o.name)).join('、') : '—' },
      ]} />
    </>
  )
}
