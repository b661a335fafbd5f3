import { expect, type Page, test } from '@playwright/test'
import { signIn } from './accounts'
import { clean } from './clean'
import { answer, send, stamp, system, told } from './sender'

const url = () => process.env.MINGJING_URL as string
const key = process.env.MINGJING_STORIES_KEY
const id = 'E4103000000007401001'
const why = '评标委员会成员与抽取结果不一致，终止本次评标'

test.describe.configure({ mode: 'serial' })
test.skip(!key, 'the platform of the stories has no trading system of ours')

const panel = (page: Page) => page.locator('#instructions')

test('a supervisor proposes a stop, another seconds it, the trading system acknowledges and carries it out', async ({ page, browser }) => {
  test.setTimeout(120_000)
  const now = new Date()
  await send(url(), key as string, [
    { dataset: '501', key: id, fields: { TENDER_PROJECT_CODE: id, TENDER_PROJECT_NAME: '洛阳市故事水库除险加固工程', REGION_CODE: '410300', IS_TO_LAW: '1', TENDER_MODE: '1', CREATE_TIME: stamp(now) } },
    { dataset: '502', key: `${id}001`, fields: { TENDER_PROJECT_CODE: id, BID_SECTION_CODE: `${id}001`, BID_SECTION_NAME: '第1标段' } },
  ])
  await expect.poll(async () => (await fetch(`${url()}/api/v1/dockets/${id}`)).status, { timeout: 30_000 }).toBe(200)
  await signIn(page, 'luoyang', { to: `/dockets/${id}` })
  await panel(page).getByRole('button', { name: '下达指令' }).click()
  const form = page.getByRole('dialog')
  await form.getByText('责令终止', { exact: true }).click()
  await expect(form).toContainText('须两人')
  await form.getByRole('button', { name: '提议，待另一人附议' }).click()
  await expect(form).toContainText('请填写内容')
  await form.locator('textarea').fill(why)
  await form.getByRole('button', { name: '提议，待另一人附议' }).click()
  await expect(form).toHaveCount(0)
  await expect(panel(page).locator('.instruction')).toContainText('待附议')
  await expect(panel(page).getByRole('button', { name: '附议', exact: true })).toHaveCount(0) // nobody seconds their own
  expect((await told(url(), key as string, '', 0)).filter((one) => one.docket === id)).toHaveLength(0) // nothing has left

  // Another person, in another browser, finds it in the list of what waits.
  const context = await browser.newContext()
  const other = await context.newPage()
  await signIn(other, 'province', { to: '/instructions?show=second' })
  const line = other.locator('.instruction', { hasText: why })
  await expect(line).toContainText('洛阳市故事水库')
  await clean(other, 'instructions')
  await line.getByRole('button', { name: '附议', exact: true }).click()
  await other.locator('.ant-popconfirm').getByRole('button', { name: '附议', exact: true }).click()
  await expect(line).toHaveCount(0)
  await other.getByText('未办结', { exact: true }).click()
  await expect(line).toContainText('已下达，待签收')

  // The trading system has it at once, and answers.
  const mine = (await told(url(), key as string)).filter((one) => one.docket === id)
  expect(mine).toHaveLength(1)
  expect(mine[0]).toMatchObject({ kind: 'stop', state: 'issued', text: why, office: '洛阳市发展和改革委员会' })
  await answer(url(), key as string, mine[0]?.id ?? '', 'acknowledge')
  await expect(line).toContainText('已签收，待执行')
  await expect(panel(page).locator('.instruction')).toContainText('已签收，待执行')
  await answer(url(), key as string, mine[0]?.id ?? '', 'execute', '已终止评标，评标室已封存')
  await expect(panel(page).locator('.instruction')).toContainText('已终止评标，评标室已封存')
  await expect(panel(page).locator('.instruction')).toContainText('已执行')
  await expect(line).toHaveCount(0) // no longer open
  await other.getByText('全部', { exact: true }).click()
  await expect(line).toContainText(system.name)
  await expect(line).toContainText('已执行')
  await clean(page, 'docket with instructions')
  await context.close()
})

test('an auditor reads instructions and gives none; the office sees no such page', async ({ page, browser }) => {
  await signIn(page, 'audit', { to: '/instructions?show=all' })
  await expect(page.locator('.instruction', { hasText: why })).toBeVisible()
  await expect(page.getByRole('button', { name: '附议', exact: true })).toHaveCount(0)
  await page.goto(`${url()}/console/dockets/${id}`)
  await expect(panel(page).locator('.instruction')).toContainText('已执行')
  await expect(panel(page).getByRole('button', { name: '下达指令' })).toHaveCount(0)
  const office = await (await browser.newContext()).newPage()
  await signIn(office, 'office', { to: `/dockets/${id}` })
  await expect(office.locator('#board')).toBeVisible()
  await expect(panel(office)).toHaveCount(0)
  await office.context().close()
})

test('one person asks, and recalls what the trading system has not answered', async ({ page }) => {
  await signIn(page, 'luoyang', { to: `/dockets/${id}` })
  await panel(page).getByRole('button', { name: '下达指令' }).click()
  const form = page.getByRole('dialog')
  await form.locator('textarea').fill('请说明资格审查的依据')
  await form.getByRole('button', { name: '下达指令' }).click()
  const card = panel(page).locator('.instruction', { hasText: '请说明资格审查的依据' })
  await expect(card).toContainText('已下达，待签收')
  await card.getByRole('button', { name: '撤回' }).click()
  await card.locator('textarea').fill('另行发函')
  await card.getByRole('button', { name: '撤回' }).click()
  await expect(card).toContainText('已撤回')
  const all = (await told(url(), key as string)).filter((one) => one.docket === id)
  expect(all.map((one) => one.state)).toEqual(['executed', 'recalled', 'recalled'])
})
