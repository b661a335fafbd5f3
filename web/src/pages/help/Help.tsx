import { Alert, Card, Table } from 'antd'
import { Page } from '@/parts/Page'
import { help } from '@/words/help'

const texts = ['disclosure', 'rules', 'indicators', 'periods'] as const
const keys = [['Tab', 'tab'], ['Enter', 'enter'], ['Esc', 'escape']] as const

/** Where the platform's own documents are, what the keys do, how to check a proof. */
export default function Help() {
  const say = help.useWords()
  return (
    <Page title={say('title')}>
      <Alert type="info" showIcon title={say('clue')} style={{ marginBottom: 16 }} />
      <h2>{say('read')}</h2>
      <ul>
        {texts.map((text) => (
          <li key={text}><a href={`/docs/${text}`}>{say(text)}</a>：{say(`${text}Says`)}</li>
        ))}
      </ul>
      <Card title={<h2 style={{ margin: 0, fontSize: 16 }}>{say('proof')}</h2>} style={{ maxWidth: 720 }}>{say('proofSays')}</Card>
      <h2>{say('keys')}</h2>
      <Table
        size="small"
        pagination={false}
        style={{ maxWidth: 720 }}
        rowKey="key"
        dataSource={keys.map(([key, does]) => ({ key, does: say(does) }))}
        columns={[{ title: say('key'), dataIndex: 'key', render: (key: string) => <kbd>{key}</kbd> }, { title: say('does'), dataIndex: 'does' }]}
      />
    </Page>
  )
}
