import { test } from '@playwright/test'
import { atDesk } from './audit.story'
test('look', async ({ browser }) => {
  const p = await atDesk(browser)
  await p.getByRole('link', { name: '自助查询' }).click()
  await p.waitForTimeout(1000)
  await p.getByRole('combobox', { name: '常用查询' }).click()
  await p.getByText('中标金额最多的主体').click()
  await p.getByRole('button', { name: '运行', exact: true }).click()
  await p.locator('details').nth(3).click()
  await p.waitForTimeout(1500)
  await p.screenshot({ path: '/tmp/b1.png' })
  await p.getByRole('button', { name: '切换深浅色' }).click()
  await p.setViewportSize({ width: 390, height: 844 })
  await p.waitForTimeout(800)
  await p.screenshot({ path: '/tmp/b2.png', fullPage: true })
})
