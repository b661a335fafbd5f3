import { expect, test } from '@playwright/test'
import { signIn } from './accounts'
import { clean } from './clean'

const reason = '已核对原始公告，属填报差错'

test('a clue is dismissed with a reason by keys alone, stays gone for others, and is reopened', async ({ page, browser }) => {
  await signIn(page, 'province', { to: '/warnings' })
  await expect(page.locator('.queue-line').first()).toBeVisible()
  await page.keyboard.press('j')
  await expect(page.locator('.clue-acts')).toBeVisible()
  const at = await page.locator('.queue-line.now').getAttribute('data-at')
  const line = page.locator(`.queue-line[data-at="${at}"]`)

  // A second person has the same queue open all the while.
  const other = await browser.newPage()
  await signIn(other, 'audit', { to: '/warnings' })
  await expect(other.locator(`.queue-line[data-at="${at}"]`)).toBeVisible()

  await page.keyboard.press('d')
  await expect(page.getByRole('dialog')).toBeVisible()
  await expect(page.getByRole('dialog').locator('textarea')).toBeFocused()
  await page.keyboard.press('Tab')
  await page.getByRole('dialog').getByRole('button', { name: '排除', exact: true }).click()
  await expect(page.getByText('请填写理由')).toBeVisible()
  await page.getByRole('dialog').locator('textarea').fill(reason)
  await page.getByRole('dialog').getByRole('button', { name: '排除', exact: true }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(line).toHaveCount(0)
  await expect(page.locator('.clue-history')).toContainText(reason)
  await expect(other.locator(`.queue-line[data-at="${at}"]`)).toHaveCount(0)

  await page.reload()
  await expect(page.locator('.queue-line').first()).toBeVisible()
  await expect(line).toHaveCount(0)
  await page.getByText('已排除', { exact: true }).first().click()
  await expect(line).toBeVisible()
  await line.click()
  await page.getByRole('button', { name: '重新打开' }).click()
  await expect(line).toHaveCount(0)
  await page.getByText('待处理', { exact: true }).first().click()
  await expect(line).toBeVisible()
  await other.close()
})

test('an auditor reads and changes nothing; the address holds the filter', async ({ page }) => {
  await signIn(page, 'audit', { to: '/warnings?grade=fact' })
  await page.locator('.queue-line').first().click()
  await expect(page.locator('.clue-says')).toBeVisible()
  await expect(page.locator('.clue-acts')).toHaveCount(0)
  await expect(page).toHaveURL(/grade=fact/)
  const address = page.url()
  await page.goto(address)
  await expect(page.locator('.clue-says')).toBeVisible()
  await clean(page, 'clues')
})

test('a clue leads to the body, the body to its dockets; experts are not disclosed to everybody', async ({ page }) => {
  await signIn(page, 'luoyang', { to: '/bodies' })
  await page.getByRole('searchbox').first().fill('有限公司')
  await page.keyboard.press('Enter')
  await page.locator('table a').first().click()
  await expect(page.getByRole('heading', { name: '案卷' })).toBeVisible()
  await expect(page.locator('a[href*="/console/dockets/"]').first()).toBeVisible()
  await page.context().clearCookies()
  await signIn(page, 'admin', { to: '/bodies?tab=experts' })
  await expect(page.getByText('评标委员会成员依法不向您公开')).toBeVisible()
})

test('the queue goes docket by docket, and a clue shows how its score came about', async ({ page }) => {
  await signIn(page, 'province', { to: '/warnings' })
  await expect(page.locator('.queue-group').first()).toContainText(/得分 \d+/)
  await page.locator('.queue-line').first().click()
  const table = page.locator('.score')
  await expect(table).toBeVisible()
  await expect(table).toContainText('计入')
  const rows = await table.locator('tbody tr.ant-table-row:not(.score-not)').all()
  let sum = 0
  for (const row of rows) sum += Number(await row.locator('td.number').first().textContent())
  const total = Number(await table.locator('tfoot strong').textContent())
  if (await table.locator('.ant-pagination').count() === 0) expect(sum).toBe(total)
  await expect(page.locator('.queue-group').first()).toContainText(`得分 ${total}`)
  await page.getByRole('combobox', { name: '排序' }).click()
  await page.getByTitle('按时间').click()
  await expect(page).toHaveURL(/sort=new/)
  await expect(page.locator('.queue-group')).toHaveCount(0)
  await clean(page, 'queue by time')
})
