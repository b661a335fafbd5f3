import { expect, test } from '@playwright/test'
import { signIn } from './accounts'
import { type Row, send, stamp, system } from './sender'

const url = () => process.env.MINGJING_URL as string
const key = process.env.MINGJING_STORIES_KEY
const id = 'E4103000000007101001'
const days = (n: number) => new Date(Date.now() + n * 86_400_000)
const issued = new Date()

/** A tender whose documents are out for fewer days than the law gives; its deadline may be corrected. */
function notice(deadline: Date): Row {
  return { dataset: '503', key: `${id}001-N`, fields: { TENDER_PROJECT_CODE: id, BID_SECTION_CODES: `${id}001`, NOTICE_NAME: '招标公告', NOTICE_SEND_TIME: stamp(issued), DOC_GET_START_TIME: stamp(issued), DOC_GET_END_TIME: stamp(days(6)), BID_DOC_REFER_END_TIME: stamp(deadline), BID_OPEN_TIME: stamp(deadline) } }
}

test.describe.configure({ mode: 'serial' })
test.skip(!key, 'the platform of the stories has no trading system of ours')

test('a clue that was dismissed stays gone, and is back when its data change', async ({ page }) => {
  test.setTimeout(120_000)
  await send(url(), key as string, [
    { dataset: '501', key: id, fields: { TENDER_PROJECT_CODE: id, TENDER_PROJECT_NAME: '洛阳市故事桥梁工程', REGION_CODE: '410300', IS_TO_LAW: '1', TENDER_MODE: '1', CREATE_TIME: stamp(issued) } },
    { dataset: '502', key: `${id}001`, fields: { TENDER_PROJECT_CODE: id, BID_SECTION_CODE: `${id}001`, BID_SECTION_NAME: '第1标段' } },
    notice(days(12)),
  ])
  await signIn(page, 'luoyang', { to: `/warnings?docket=${id}&indicator=A02` })
  const line = page.locator('.queue-line')
  await expect(line).toHaveCount(1, { timeout: 30_000 }) // by itself, once the docket is looked at
  await line.click()
  await expect(page.locator('.clue-acts')).toBeVisible()
  await page.keyboard.press('d')
  await page.getByRole('dialog').locator('textarea').fill('首次公告系笔误，已通知更正')
  await page.getByRole('dialog').getByRole('button', { name: '排除', exact: true }).click()
  await expect(line).toHaveCount(0)
  await page.reload()
  await expect(page.locator('.queue-line')).toHaveCount(0)

  // The deadline moves, and it is still too early: another finding than the one that was judged.
  await send(url(), key as string, [notice(days(9))])
  await expect(line).toHaveCount(1, { timeout: 30_000 })
  await line.click()
  await expect(page.locator('.clue-history')).toContainText('首次公告系笔误')
})

test('a list becomes an Excel file whose rows are counted', async ({ page }) => {
  await signIn(page, 'luoyang', { to: `/dockets?q=${encodeURIComponent('洛阳市故事桥梁')}` })
  await page.getByRole('button', { name: /导出/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: '开始导出' }).click()
  await expect(page.getByRole('dialog')).toContainText('已完成：1 行', { timeout: 30_000 })
  const coming = page.waitForEvent('download')
  await page.getByRole('dialog').getByRole('link', { name: /下载/ }).click()
  const file = await coming
  expect(file.suggestedFilename()).toMatch(/\.xlsx$/)
})

test('the connection test tells, step by step, how far the last requests came', async ({ page }) => {
  await signIn(page, 'office', { to: `/sources/${system.name}` })
  await page.getByRole('tab', { name: '连接检测' }).click()
  const steps = page.locator('.steps .step')
  await expect(steps).toHaveCount(7)
  const step = (said: string) => steps.filter({ has: page.getByText(said, { exact: true }) })
  for (const said of ['时钟', '密钥', '签名']) await expect(step(said)).toHaveClass(/step-good/)
  await expect(step('记录')).toHaveClass(/step-warning/) // the stories' platform code breaks its check digit
  await expect(step('附件')).toHaveClass(/step-unknown/) // it has sent none
})
