import { mkdirSync } from 'node:fs'
import { test } from '@playwright/test'
import { signIn } from './accounts'
import { places } from './places'

const widths = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } } as const

// Pictures of every page, for people to look at: both languages, wide and
// narrow, light and dark.
test('pictures of every page', async ({ browser }) => {
  mkdirSync('shots', { recursive: true })
  const all = await places()
  for (const [size, viewport] of Object.entries(widths)) for (const lang of ['zh', 'en']) for (const shade of ['light', 'dark'] as const) {
    if (shade === 'dark' && lang === 'en') continue
    const byPerson = new Map([...new Set(all.map((p) => p.as))].map((as) => [as, all.filter((p) => p.as === as)]))
    for (const [as, group] of byPerson) {
      const context = await browser.newContext({ viewport, colorScheme: shade, locale: lang === 'zh' ? 'zh-CN' : 'en-GB' })
      await context.addInitScript((said) => localStorage.setItem('mingjing.lang', said), lang)
      const page = await context.newPage()
      if (as !== '') await signIn(page, as)
      for (const place of group) {
        await page.goto(`${process.env.MINGJING_URL}/console${place.path}`)
        await page.locator(place.ready).first().waitFor()
        await page.waitForTimeout(1500)
        await page.screenshot({ path: `shots/${place.name}-${size}-${lang}-${shade}.png`, fullPage: true })
      }
      await context.close()
    }
  }
})
