import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { password, signIn } from './accounts'
import { places } from './places'

// WCAG 2.2 AA by axe on every page, in both shades; one browser a page, so that
// a failure names its page.
for (const shade of ['light', 'dark'] as const) {
  test(`every page is accessible, ${shade}`, async ({ browser }) => {
    test.setTimeout(600_000)
    password()
    const wrong: string[] = []
    let signedIn = ''
    let context = await browser.newContext({ colorScheme: shade, locale: 'zh-CN' })
    let page = await context.newPage()
    for (const place of await places()) {
      if (place.as !== signedIn || place.as === '') {
        await context.close()
        context = await browser.newContext({ colorScheme: shade, locale: 'zh-CN' })
        page = await context.newPage()
        if (place.as !== '') await signIn(page, place.as)
        signedIn = place.as
      }
      await page.goto(`${process.env.MINGJING_URL}/console${place.path}`)
      await page.locator(place.ready).first().waitFor()
      await page.waitForTimeout(1200) // what fades in has come
      const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
      for (const v of found.violations) wrong.push(`${place.name}: ${v.id} (${v.help}): ${v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} ${n.failureSummary?.split('\n')[1]?.trim() ?? ''}`).join(' | ')}`)
    }
    await context.close()
    expect(wrong).toEqual([])
  })
}
