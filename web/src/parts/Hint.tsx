import { Tooltip } from 'antd'
import { type ReactElement, useState } from 'react'

/** A hint over what it stands on. It is made when somebody first points at it or comes to it: a page of rows has hundreds. */
export function Hint({ text, children }: { text: string; children: ReactElement }) {
  const [wanted, setWanted] = useState(false)
  if (wanted) return <Tooltip title={text} defaultOpen>{children}</Tooltip>
  return <span onMouseEnter={() => setWanted(true)} onFocus={() => setWanted(true)}>{children}</span>
}
