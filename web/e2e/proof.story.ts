import { expect, test } from '@playwright/test'
import { signIn } from './accounts'

/** opened gives a docket whose lots are opened, with a record that can be proved. */
async function opened(): Promise<{ id: string; position: number }> {
  const base = process.env.MINGJING_URL
  const list = (await (await fetch(`${base}/api/v1/dockets?class=construction&limit=50`)).json()) as { items: { id: string; lots: { moment: string }[] }[] }
  for (const docket of list.items) {
    if (docket.lots.length === 0 || docket.lots.some((lot) => lot.moment === 'before')) continue
    const view = (await (await fetch(`${base}/api/v1/dockets/${docket.id}`)).json()) as { entries: { dataset: string; position?: number }[] }
    const position = view.entries.find((e) => e.dataset === '503' && e.position !== undefined)?.position
    if (position !== undefined) return { id: docket.id, position }
  }
  throw new Error('no docket is opened')
}

test('an auditor proves a record in the browser, and sees that the log only grew', async ({ page }) => {
  const { id, position } = await opened()
  await signIn(page, 'audit', { to: `/dockets/${id}?prove=${position}#proof` })
  await expect(page.getByTestId('proof-outcome')).toContainText('核验通过')
  await expect(page.locator('.proof-steps')).toContainText('第一次看这份日志')
  await page.waitForTimeout(2500) // the log grows
  await page.reload()
  await expect(page.locator('.proof-steps')).toContainText('原样是今天')
})

test('an altered value does not pass', async ({ page }) => {
  const { id, position } = await opened()
  await page.route('**/disclosed', async (route) => {
    const response = await route.fetch()
    const shown = (await response.json()) as { fields: { name: string; value: string }[] }
    for (const field of shown.fields) if (field.name === 'NOTICE_NAME') field.value += '（改）'
    await route.fulfill({ response, json: shown })
  })
  await signIn(page, 'audit', { to: `/dockets/${id}?prove=${position}#proof` })
  await expect(page.getByTestId('proof-outcome')).toContainText('核验未通过')
  await expect(page.locator('.proof-steps')).toContainText('与登记的叶子不符')
})

test('of a lot that is not opened, a supervisor sees what is sealed and until when, and no bidder', async ({ page }) => {
  const base = process.env.MINGJING_URL
  const list = (await (await fetch(`${base}/api/v1/dockets?class=construction&limit=200`)).json()) as { items: { id: string; lots: { moment: string }[] }[] }
  const shut = list.items.find((d) => d.lots.length > 0 && d.lots.every((lot) => lot.moment === 'before'))
  test.skip(!shut, 'the province has no docket before its opening')
  await signIn(page, 'province', { to: `/dockets/${shut?.id}` })
  await expect(page.locator('#bids')).toContainText('密封，开标后公开')
  await expect(page.locator('#bids table')).toHaveCount(0)
})
