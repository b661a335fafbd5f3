import { expect, test } from '@playwright/test'
import { signIn } from './accounts'

test('a filter stands in the address: a colleague who gets it sees the same view', async ({ page, browser }) => {
  await signIn(page, 'province', { to: '/dockets' })
  await expect(page.locator('.dockets-more')).toBeVisible()
  const all = await page.locator('.dockets-total').innerText()
  await page.getByRole('searchbox').or(page.locator('.dockets-search input')).first().fill('工程')
  await page.keyboard.press('Enter')
  await expect(page.locator('.dockets-total')).not.toHaveText(all)
  await page.getByRole('columnheader', { name: /金额/ }).click()
  await expect(page).toHaveURL(/q=.*sort=|sort=.*q=/)
  await expect(page.locator('.dockets-more')).toBeVisible()
  const titles = (from: typeof page) => from.locator('tbody tr a').allInnerTexts()
  const mine = await titles(page)
  expect(mine.length).toBeGreaterThan(1)

  const context = await browser.newContext({ locale: 'zh-CN' })
  const colleague = await context.newPage()
  const address = new URL(page.url())
  await signIn(colleague, 'audit', { to: address.pathname.replace('/console', '') + address.search })
  await expect(colleague.locator('.dockets-more')).toBeVisible()
  await expect(async () => expect(await titles(colleague)).toEqual(mine)).toPass()
  await context.close()
})

test('Ctrl K finds a docket by its code, by keys alone', async ({ page }) => {
  await signIn(page, 'audit', { to: '/help' })
  const list = (await (await fetch(`${process.env.MINGJING_URL}/api/v1/dockets?class=construction&limit=1`)).json()) as { items: { id: string; title: string }[] }
  const docket = list.items[0]
  if (!docket) throw new Error('no docket')
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog').getByRole('combobox').or(page.getByRole('dialog').locator('input')).first()).toBeFocused()
  await page.keyboard.type(docket.id)
  await page.keyboard.press('Enter') // before the answer is there: it is waited for
  await expect(page).toHaveURL(new RegExp(`/dockets/${docket.id}`))
})
