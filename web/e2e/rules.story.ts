import { expect, test } from '@playwright/test'
import { signIn } from './accounts'
import { clean } from './clean'

test('a change of settings is proposed by one of the office, confirmed by another, and read by the auditor', async ({ page, browser }) => {
  const id = `A02-story-${Date.now()}`
  const today = new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10)
  const line = `settings:\n  - {id: ${id}, date: ${today}, indicator: A02, region: "410300", class: construction, days: 23, source: 会议纪要}\n`
  await signIn(page, 'office', { to: '/rules?rule=A02' })
  await page.locator('.rule-lines').fill(line)
  const propose = page.locator('.rule-propose')
  await expect(propose.getByRole('button', { name: '提出变更' })).toBeDisabled()
  await propose.getByLabel('生效日期').fill(today)
  await propose.getByLabel('理由').fill('会议纪要〔2026〕3号')
  await propose.getByRole('button', { name: '提出变更' }).click()
  const mine = page.locator('.rule-change', { hasText: id })
  await expect(mine).toContainText('待确认')
  await expect(mine).toContainText('须由另一人确认')
  await expect(mine.getByRole('button', { name: '确认', exact: true })).toHaveCount(0)
  await clean(page, 'a proposed change')

  const other = await browser.newPage()
  await signIn(other, 'twoposts', { to: '/rules?rule=A02', post: '省公共资源交易管理办公室' })
  const theirs = other.locator('.rule-change', { hasText: id })
  await theirs.getByRole('button', { name: /^确\s?认$/ }).click()
  await expect(theirs).toContainText('现行有效')
  await expect(other.locator('.rule-settings')).toContainText(id)
  await other.close()

  await page.context().clearCookies()
  await signIn(page, 'audit', { to: '/rules?rule=A02' })
  const read = page.locator('.rule-change', { hasText: id })
  await expect(read).toContainText('会议纪要〔2026〕3号')
  await expect(read).toContainText('日志第')
  await expect(read.getByRole('button')).toHaveCount(0)
  await expect(page.locator('.rule-propose')).toHaveCount(0)
})
