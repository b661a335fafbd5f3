import { SearchOutlined } from '@ant-design/icons'
import { Button, Grid } from 'antd'
import { lazy, Suspense, useEffect, useState } from 'react'
import { palette } from '@/words/palette'

const Palette = lazy(() => import('./Palette'))

/** The button that opens the palette; so does Ctrl or ⌘ with K, from anywhere. */
export default function PaletteButton() {
  const say = palette.useWords()
  const [open, setOpen] = useState(false)
  const wide = Grid.useBreakpoint().md ?? true
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        setOpen((now) => !now)
      }
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
  return (
    <>
      <Button icon={<SearchOutlined />} aria-keyshortcuts="Control+K Meta+K" {...(wide ? {} : { 'aria-label': say('open'), type: 'text' as const })} onClick={() => setOpen(true)}>
        {wide ? <>{say('open')} <kbd>Ctrl K</kbd></> : null}
      </Button>
      {open ? <Suspense fallback={null}><Palette shut={() => setOpen(false)} /></Suspense> : null}
    </>
  )
}
