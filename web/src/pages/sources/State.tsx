import { Tooltip } from 'antd'
import type { Of } from '@/api/client'
import { sources as words } from '@/words/sources'
import '../overview/overview.css'

/** How a system stands, by a sign and a word. */
export function State({ head }: { head: Of<'SourceHead'> }) {
  const say = words.useWords()
  return (
    <Tooltip title={`${say(`says.${head.state}`)}${head.rule ? ` · ${head.rule}` : ''}`}>
      <span className={`source-state source-${head.state}`} tabIndex={0}>{head.paused ? say('paused') : say(`state.${head.state}`)}</span>
    </Tooltip>
  )
}
