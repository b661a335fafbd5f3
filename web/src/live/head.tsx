import { Tooltip } from 'antd'
import { useEffect, useState } from 'react'
import { live as words } from '@/words/live'
import './live.css'
import { useLive, useLiveState } from './live'

const quiet = 20_000

/** The light in the head that says whether what is shown is live; new clues are said politely, not more than now and then. */
export default function LiveLight() {
  const say = words.useWords()
  const state = useLiveState()
  const [fresh, setFresh] = useState(0)
  const [said, setSaid] = useState('')
  useLive({ kinds: ['warning'] }, (event) => {
    if (event.kind === 'warning' && !event.data.acted) setFresh((n) => n + 1)
  })
  useEffect(() => {
    if (fresh === 0) return
    const soon = setTimeout(() => {
      setSaid(say('fresh', { n: fresh }))
      setFresh(0)
    }, said ? quiet : 1_000)
    return () => clearTimeout(soon)
  }, [fresh, said, say])
  const shown = state === 'off' ? 'opening' : state
  return (
    <>
      <Tooltip title={say(`${shown}Says`)}>
        <span className={`live live-${shown}`} tabIndex={0}><i aria-hidden="true" /> {say(shown)}</span>
      </Tooltip>
      <span className="unseen" role="status">{said}</span>
    </>
  )
}
