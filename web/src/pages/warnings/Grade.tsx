import { CheckSquareOutlined, SearchOutlined, ToolOutlined } from '@ant-design/icons'
import { Tag, Tooltip } from 'antd'
import { warnings } from '@/words/warnings'

/** The grade of a clue, by word and sign as well as colour. */
export function Grade({ grade, state }: { grade: string; state: string }) {
  const say = warnings.useWords()
  if (state === 'failed') return <Tag icon={<ToolOutlined aria-hidden />}>{say('failed')}</Tag>
  return grade === 'fact'
    ? <Tooltip title={say('factSays')}><Tag color="error" icon={<CheckSquareOutlined aria-hidden />}>{say('fact')}</Tag></Tooltip>
    : <Tooltip title={say('clueSays')}><Tag color="warning" icon={<SearchOutlined aria-hidden />}>{say('clueGrade')}</Tag></Tooltip>
}
