import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Alert, Empty, Skeleton, Table } from 'antd'
import { api, must, type Of } from '@/api/client'
import { moment } from '@/format/time'
import { Name } from '@/parts/Name'
import { Trouble } from '@/parts/Trouble'
import { bodies } from '@/words/bodies'
import { both, lang, useLang } from '@/words/words'
import { naming, useRegions } from '../dockets/regions'

/** What may be known of a member of committees; where nothing may, by which article. */
export function Expert({ name }: { name: string | undefined }) {
  const say = bodies.useWords()
  useLang()
  const nameOf = naming(useRegions().data?.items)
  // Without a name it is asked all the same: whether anything is disclosed does not depend on it.
  const { data, error, isPending, refetch } = useQuery({ queryKey: ['expert', name ?? ''], queryFn: () => must(api.GET('/api/v1/experts', { params: { query: { name: name ?? '——' } } })) })
  if (isPending) return <Skeleton active />
  if (error) return <Trouble error={error} retry={() => void refetch()} />
  if (!data.disclosed) return <Alert type="info" showIcon title={say('notDisclosed')} description={say('notDisclosedSays', { why: both(data.why), article: both(data.article) })} />
  if (!name) return <Empty description={say('expertHint')} />
  const entries = data.entries ?? []
  if (entries.length === 0) return <Empty description={say('expertNone')} />
  return (
    <>
      <Alert type="info" showIcon title={data.more ? say('expertMany') : say('expertSame')} style={{ marginBottom: 8 }} />
      <Table<Of<'ExpertEntry'>>
        size="small"
        pagination={false}
        rowKey={(one) => `${one.docket} ${one.entry.dataset} ${one.entry.key ?? ''}`}
        dataSource={entries}
        scroll={{ x: 'max-content' }}
        columns={[
          { title: say('docketTitle'), key: 'docket', render: (_, one) => <Link to={`/dockets/${encodeURIComponent(one.docket)}`}><Name text={one.title || one.docket} /></Link> },
          { title: say('record'), key: 'record', render: (_, one) => `${one.entry.dataset} ${lang() === 'zh' ? one.entry.zh : one.entry.en}` },
          { title: say('region'), key: 'region', dataIndex: 'region', render: (code: string) => nameOf(code) },
          { title: say('last'), key: 'at', render: (_, one) => moment(one.entry.occurred || one.entry.received) },
        ]}
      />
    </>
  )
}
