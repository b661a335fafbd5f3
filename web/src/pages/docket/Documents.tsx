import { Empty, Table } from 'antd'
import type { Of } from '@/api/client'
import { day } from '@/format/time'
import { docketWords } from '@/words/docket'
import { lang } from '@/words/words'
import { type Entry, type View } from './data'

type Paper = { key: string; name: string; kind: string; at: string; url: string; digest: string }

const shown = (e: Entry, test: (name: string) => boolean): string => e.fields?.find((f: Of<'Field'>) => test(f.name) && f.value)?.value ?? ''

/** The papers that records name: by their address at the source, and by their digest as attachments kept here. */
export function Documents({ view }: { view: View }) {
  const say = docketWords.useWords()
  const papers: Paper[] = (view.entries ?? []).flatMap((e, i) => {
    const url = shown(e, (n) => n === 'URL' || n.endsWith('_URL'))
    const digest = shown(e, (n) => n.endsWith('_DIGEST'))
    if ((!/^https?:\/\//.test(url) && !digest) || e.deleted) return []
    const kind = (lang() === 'zh' ? e.zh : e.en) ?? e.dataset
    return [{ key: `${e.dataset} ${e.key ?? i}`, name: shown(e, (n) => /_(NAME|TITLE)$/.test(n) && !/(BIDDER|TENDERER|AGENCY|PURCHASER|EXAMINER|PLAT|MEDIA|SYSTEM|SOURCE)/.test(n)) || kind, kind, at: e.occurred ?? '', url, digest }]
  })
  if (papers.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say('noDocuments')} />
  return (
    <Table<Paper>
      size="small" dataSource={papers} rowKey="key" pagination={papers.length > 20 ? { pageSize: 20 } : false} scroll={{ x: 'max-content' }}
      columns={[
        { title: say('name'), dataIndex: 'name', render: (n: string) => <span className="cell">{n}</span> },
        { title: say('dataset'), dataIndex: 'kind' },
        { title: say('when'), dataIndex: 'at', render: (t: string) => <span className="number">{day(t)}</span> },
        {
          title: say('source'), key: 'get', render: (_, p) => (
            <>
              {p.url ? <a href={p.url} target="_blank" rel="noreferrer noopener">{say('source')}</a> : null}
              {p.digest ? <> <a href={`/api/v1/files?docket=${encodeURIComponent(view.id)}&sha256=${p.digest}`}>{say('download')}</a></> : null}
            </>
          ),
        },
      ]}
    />
  )
}
