import { PrinterOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Button, Skeleton } from 'antd'
import { type ReactNode, useEffect, useState, useTransition } from 'react'
import { useWoken } from '@/live/live'
import { Panel } from '@/pages/instructions/Panel'
import { Page } from '@/parts/Page'
import { Trouble } from '@/parts/Trouble'
import { useSession } from '@/session/session'
import { docketWords } from '@/words/docket'
import { Bids } from './Bids'
import { Board } from './Board'
import { Bodies } from './Bodies'
import { Clues } from './Clues'
import { Complained } from './Complained'
import { Content } from './Content'
import { useDocket, useFindings, useSheet, useStages } from './data'
import './docket.css'
import { Documents } from './Documents'
import { Head } from './Head'
import { Money } from './Money'
import { Objected } from './Objected'
import { Prove } from './Prove'
import { Readings } from './Readings'
import { Records } from './Records'
import { Way } from './Way'

const sections = ['board', 'way', 'instructions', 'bids', 'money', 'bodies', 'documents', 'warnings', 'objections', 'complaints', 'content', 'allRecords', 'proof', 'readings'] as const

const first: ReadonlySet<string> = new Set(['board', 'way'])

/** One transaction's whole file, as far as its reader may see it. */
export default function Docket() {
  const say = docketWords.useWords()
  const { id } = useParams({ strict: false }) as { id: string }
  const { prove } = useSearch({ strict: false }) as { prove?: number }
  const navigate = useNavigate()
  const { role } = useSession()
  const asked = useDocket(id)
  // What the parts will ask for is asked at once, not when the docket is there.
  useSheet(id)
  useStages(id)
  useFindings(id)
  const queries = useQueryClient()
  // What comes into this docket is shown without asking.
  useWoken({ docket: id }, () => void queries.invalidateQueries({ queryKey: ['docket', id] }))
  // What lies below the first screen is drawn in pieces, between which the page answers.
  const [whole, setWhole] = useState(false)
  const [, later] = useTransition()
  const here = asked.data !== undefined
  useEffect(() => { if (here) later(() => setWhole(true)) }, [here])
  const choose = (position: number) => void navigate({ to: '.', search: { prove: position }, replace: true, resetScroll: false })
  if (asked.isPending) return <Page title={say('title')}><Skeleton active paragraph={{ rows: 12 }} /></Page>
  if (asked.error) return <Page title={say('title')}><Trouble error={asked.error} retry={() => void asked.refetch()} /></Page>
  const view = asked.data
  const parts: Record<(typeof sections)[number], ReactNode> = {
    board: <Board view={view} />,
    way: <Way view={view} />,
    instructions: <Panel docket={view.id} />,
    bids: <Bids view={view} />,
    money: <Money view={view} prove={choose} />,
    bodies: <Bodies view={view} />,
    documents: <Documents view={view} />,
    warnings: <Clues view={view} />,
    objections: <Objected view={view} />,
    complaints: <Complained view={view} />,
    content: <Content view={view} />,
    allRecords: <Records view={view} prove={choose} />,
    proof: <Prove view={view} position={prove} choose={choose} />,
    readings: <Readings view={view} />,
  }
  // What was ordered, and who has read it, is for those who watch over it; objections are for its tenderer too.
  const watched = view.as === 'supervisor' || view.as === 'auditor'
  const shown = sections.filter((s) => watched || (s !== 'readings' && s !== 'instructions' && (s !== 'objections' || role === 'tenderer')))
  return (
    <Page title={view.title || say('untitled')} extra={<Button className="no-print" icon={<PrinterOutlined />} onClick={() => window.print()}>{say('print')}</Button>}>
      <div className="docket">
        <nav className="docket-parts no-print" aria-label={say('sections')}>
          {shown.map((s) => <a key={s} href={`#${s}`}>{say(s)}</a>)}
        </nav>
        <Head view={view} />
        {shown.map((s) => (
          <section key={s} id={s} aria-labelledby={`h-${s}`}>
            <h2 id={`h-${s}`}>{say(s)}</h2>
            {whole || first.has(s) ? parts[s] : <Skeleton paragraph={{ rows: 3 }} />}
          </section>
        ))}
      </div>
    </Page>
  )
}
