import { Empty, Table } from 'antd'
import { useMemo } from 'react'
import type { Of } from '@/api/client'
import { Chart } from '@/charts/Chart'
import type { Look } from '@/charts/look'
import { count } from '@/format/money'
import { both, useLang } from '@/words/words'
import { sources as words } from '@/words/sources'

/** What came, how much of it is sound, and which rules are broken. */
export function Summary({ data }: { data: Of<'SourceDetail'> }) {
  const say = words.useWords()
  useLang()
  const volume = data.volume ?? []
  const option = useMemo(() => (look: Look) => {
    const days = data.volume ?? []
    return {
      tooltip: { trigger: 'axis', confine: true, axisPointer: { type: 'shadow' }, backgroundColor: look.ground, borderColor: look.line, textStyle: { color: look.text, fontSize: 12 } },
      legend: { top: 0, textStyle: { color: look.quiet }, itemWidth: 10, itemHeight: 10 },
      grid: { left: 4, right: 8, top: 30, bottom: 4, containLabel: true },
      xAxis: { type: 'category', data: days.map((one) => one.day.slice(5)), axisLabel: { color: look.quiet }, axisTick: { show: false }, axisLine: { lineStyle: { color: look.line } } },
      yAxis: { type: 'value', minInterval: 1, axisLabel: { color: look.quiet }, splitLine: { lineStyle: { color: look.line } } },
      series: [
        { name: say('good'), type: 'bar', stack: 'all', barMaxWidth: 18, itemStyle: { color: look.series[0] }, data: days.map((one) => one.records - one.defective) },
        { name: say('defective'), type: 'bar', stack: 'all', barMaxWidth: 18, itemStyle: { color: look.series[1] }, data: days.map((one) => one.defective) },
      ],
    }
  }, [data.volume, say])
  const number = { align: 'right' as const, className: 'number' }
  return (
    <div className="source-summary">
      <Chart
        title={say('volume')} height={240} option={option} rows={volume.some((one) => one.records > 0) ? volume : []} rowKey="day" empty={say('noRecords')}
        columns={[
          { title: say('day'), dataIndex: 'day' },
          { title: say('count'), dataIndex: 'records', ...number, render: count },
          { title: say('defective'), dataIndex: 'defective', ...number, render: count },
        ]}
      />
      <p className="sources-note">{say('openOnly')}</p>
      <h2>{say('rules')}</h2>
      <Table
        size="small" rowKey={(one) => `${one.rule}${one.refused}`} pagination={false} dataSource={data.rules ?? []} scroll={{ x: 'max-content' }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say('noRules')} /> }}
        columns={[
          { title: say('rule'), dataIndex: 'rule', render: (rule: string) => <a href={`/docs/rules#${rule}`}>{rule}</a> },
          { title: say('became'), dataIndex: 'refused', render: (refused: boolean) => say(refused ? 'quarantined' : 'taken') },
          { title: say('count'), dataIndex: 'records', ...number, render: count },
          { title: say('must'), key: 'must', className: 'source-words', render: (_, one) => both(one) },
          { title: say('mend'), key: 'mend', className: 'source-words', render: (_, one) => both({ zh: one.mend_zh, en: one.mend_en }) },
        ]}
      />
      <h2>{say('quality')}</h2>
      <Table
        size="small" rowKey="dataset" pagination={false} dataSource={data.datasets ?? []} scroll={{ x: 'max-content' }} style={{ maxWidth: 860 }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say('noRecords')} /> }}
        columns={[
          { title: say('dataset'), dataIndex: 'dataset', render: (no: string, one) => `${no} ${both(one)}` },
          { title: say('count'), dataIndex: 'records', ...number, render: count },
          { title: say('defective'), dataIndex: 'defective', ...number, render: count },
          { title: say('share'), key: 'share', ...number, render: (_, one) => (one.records ? `${(Math.floor((1 - one.defective / one.records) * 1000) / 10).toFixed(1)} %` : '—') },
        ]}
      />
    </div>
  )
}
