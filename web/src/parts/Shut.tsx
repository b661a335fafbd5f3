import { EyeInvisibleOutlined, LockOutlined } from '@ant-design/icons'
import { Tooltip } from 'antd'
import { both } from '@/words/words'
import { shell } from '@/words/shell'

type Closed = { state?: string | undefined; opens?: string | undefined; article?: { zh?: string; en?: string } | undefined }

/** A value that this reader does not see: sealed until a moment, or hidden by law, with the article. Never a blank. */
export function Shut({ state, opens, article }: Closed) {
  const say = shell.useWords()
  const sealed = state === 'sealed'
  const says = sealed ? (opens ? say('sealedUntil', { opens: say(`opens_${opens}` as 'opens_opened') }) : say('sealed')) : say('hidden')
  return (
    <Tooltip title={article ? say('article', { article: both(article) }) : undefined}>
      <span className="shut" tabIndex={article ? 0 : undefined}>
        {sealed ? <LockOutlined aria-hidden /> : <EyeInvisibleOutlined aria-hidden />} {says}
        {article ? <span className="unseen">{say('article', { article: both(article) })}</span> : null}
      </span>
    </Tooltip>
  )
}
