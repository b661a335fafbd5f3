import { CheckCircleFilled, CloseCircleFilled, InfoCircleFilled } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Select, Typography } from 'antd'
import { useEffect } from 'react'
import { api, must, Refused } from '@/api/client'
import { Trouble } from '@/parts/Trouble'
import { held, prove, type Proof, type Seen, type Source } from '@/proof/prove'
import { docketWords } from '@/words/docket'
import { lang } from '@/words/words'
import type { View } from './data'

const kept = 'mingjing.log-seen'

function seenBefore(): Seen | undefined {
  try {
    return JSON.parse(localStorage.getItem(kept) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

async function log(path: string): Promise<Response> {
  const response = await fetch(`/log/${path}`, { cache: 'no-cache' })
  if (!response.ok) throw new Refused(response.status, { title: `/log/${path}` })
  return response
}

const source: Source = {
  shown: (position) => must(api.GET('/api/v1/records/{position}/disclosed', { params: { path: { position } } })),
  text: async (path) => (await log(path)).text(),
  bytes: async (path) => new Uint8Array(await (await log(path)).arrayBuffer()),
}

/** The proof of one record, computed here by the reader's own browser and told in plain words. */
export function Prove({ view, position, choose }: { view: View; position: number | undefined; choose: (position: number) => void }) {
  const say = docketWords.useWords()
  const proving = useMutation({
    mutationFn: async (at: number) => {
      const proof = await prove(at, source, seenBefore())
      if (held(proof)) localStorage.setItem(kept, JSON.stringify(proof.seen))
      return proof
    },
  })
  const { mutate } = proving
  useEffect(() => {
    if (position !== undefined && globalThis.crypto?.subtle) mutate(position)
  }, [position, mutate])
  const records = (view.entries ?? []).filter((e) => e.position !== undefined)
  if (!globalThis.crypto?.subtle) return <Alert type="warning" showIcon title={say('insecure')} />
  if (records.length === 0) return <Alert type="info" showIcon title={say('proofNone')} />
  return (
    <div className="proof">
      <p>{say('proofLead')}</p>
      <div className="no-print proof-choose">
        <Select
          showSearch virtual optionFilterProp="label" style={{ minWidth: 320, maxWidth: '100%' }} aria-label={say('proofLead')} value={position ?? null} onChange={(p) => { if (p !== null) choose(p) }}
          options={records.map((e) => ({ value: e.position as number, label: `#${e.position} ${e.dataset} ${lang() === 'zh' ? e.zh : e.en} ${e.key ?? ''}` }))}
        />
        <Button type="primary" loading={proving.isPending} onClick={() => { const at = position ?? records[0]?.position; if (at === position && at !== undefined) mutate(at); else if (at !== undefined) choose(at) }}>{proving.isPending ? say('proofBusy') : say('proofStart')}</Button>
      </div>
      <div aria-live="polite">
        {proving.error ? <Trouble error={proving.error} retry={() => { if (position !== undefined) mutate(position) }} /> : null}
        {proving.data ? <Told proof={proving.data} /> : null}
      </div>
    </div>
  )
}

function Told({ proof }: { proof: Proof }) {
  const say = docketWords.useWords()
  const good = held(proof)
  return (
    <>
      <Alert type={good ? 'success' : 'error'} showIcon title={say(good ? 'proofHeld' : 'proofFailed')} data-testid="proof-outcome" />
      <ol className="proof-steps">
        {proof.outcomes.map((o) => (
          <li key={o.step}>
            <span aria-hidden="true">{o.held === 'first' ? <InfoCircleFilled className="plain" /> : o.held ? <CheckCircleFilled className="good" /> : <CloseCircleFilled className="bad" />}</span>
            <div>
              <strong>{say(`s_${o.step}`)}</strong>
              <div>{say(`s_${o.step}_${o.held === 'first' ? 'first' : o.held ? 'ok' : 'no'}` as 's_record_ok', o.fill)}</div>
            </div>
          </li>
        ))}
      </ol>
      <p>{proof.witnesses.length > 0 ? say('witnessed', { names: proof.witnesses.join('、') }) : say('noWitness')}</p>
      <p>{say('trust')}</p>
      <Typography.Paragraph copyable={{ text: proof.key }} className="cell"><code>{proof.key}</code></Typography.Paragraph>
    </>
  )
}
