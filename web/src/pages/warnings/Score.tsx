import { Link } from '@tanstack/react-router'
import { Table } from 'antd'
import type { Of } from '@/api/client'
import { money } from '@/format/money'
import { warnings } from '@/words/warnings'
import { useLang } from '@/words/words'

type Part = Of<'ScorePart'>

const whys = { same: 'notSame', dismissed: 'notDismissed', failed: 'notJudged' } as const
const strengths = { breach: 'strengthBreach', strong: 'strengthStrong', clue: 'strengthClue', quality: 'strengthQuality' } as const

/** How a score came about: each clue with what it weighs, whether it counts, and why not. */
export function Score({ score, now, of }: { score: Of<'ScoreTable'>; now?: string; of: 'docket' | 'body' }) {
  const say = warnings.useWords()
  const zh = useLang() === 'zh'
  const parts = score.parts ?? []
  const named = (key: string) => parts.find((part) => part.key === key)?.indicator ?? ''
  return (
    <>
      <p>
        {of === 'docket'
          ? say(score.doubt ? 'scoreDoubt' : score.shown ? 'scoreSays' : 'scoreLeast', { points: score.points, money: money(score.stake / 100) })
          : say('scoreBody', { points: score.points })}
      </p>
      <Table<Part>
        size="small"
        className="score"
        pagination={parts.length > 12 ? { pageSize: 12, size: 'small', showSizeChanger: false } : false}
        rowKey={(part) => `${part.docket}/${part.key}`}
        rowClassName={(part) => (part.counted ? '' : 'score-not')}
        dataSource={parts}
        columns={[
          {
            title: say('indicator'), key: 'indicator',
            render: (_, part) => {
              const text = `${part.indicator} ${zh ? part.indicator_zh : part.indicator_en}`
              return (
                <>
                  {part.key === now ? <strong>{text}</strong> : <Link to="/warnings" search={{ at: `${part.docket}/${part.key}`, docket: part.docket, status: 'all' }}>{text}</Link>}
                  {part.lot ? <small className="score-lot">{say('lot', { lot: part.lot })}</small> : null}
                  {of === 'body' && part.title ? <small className="score-lot">{part.title}</small> : null}
                </>
              )
            },
          },
          { title: say('strength'), key: 'strength', render: (_, part) => (part.strength ? say(strengths[part.strength as keyof typeof strengths] ?? 'strengthClue') : '–') },
          { title: say('weight'), dataIndex: 'weight', className: 'number', align: 'right' as const },
          {
            title: say('counted'), key: 'counted',
            render: (_, part) => (part.counted ? say('countedYes') : say(whys[part.why ?? 'same'] ?? 'notSame', { cause: (zh ? part.cause.zh : part.cause.en), other: part.for ? named(part.for) : '' })),
          },
        ]}
        summary={() => (
          <Table.Summary.Row>
            <Table.Summary.Cell index={0} colSpan={2}>{say('sum')}</Table.Summary.Cell>
            <Table.Summary.Cell index={2} align="right"><strong className="number">{score.points}</strong></Table.Summary.Cell>
            <Table.Summary.Cell index={3}><code>{score.settings}</code></Table.Summary.Cell>
          </Table.Summary.Row>
        )}
      />
    </>
  )
}
