import { expect, test } from '@playwright/test'
import { signIn } from './accounts'
import { clean } from './clean'

test('a supervisor asks for the report of an objection, the tenderer reports it, and it is checked against the days and the pause', async ({ browser }) => {
  const tenderer = await (await browser.newContext({ locale: 'zh-CN' })).newPage()
  await signIn(tenderer, 'tenderer', { to: '/objections' })
  await expect(tenderer.locator('#main')).toContainText('没有待报送的异议')
  // A docket of that tenderer.
  const supervisor = await (await browser.newContext({ locale: 'zh-CN' })).newPage()
  await signIn(supervisor, 'luoyang', { to: '/objections' })
  const list = await supervisor.request.get(`${process.env.MINGJING_URL}/api/v1/dockets?class=construction&region=4103&limit=200`)
  const { items } = (await list.json()) as { items: { id: string }[] }
  let id = ''
  for (const docket of items) {
    const standing = await tenderer.request.get(`${process.env.MINGJING_URL}/api/v1/dockets/${docket.id}/objections`)
    if (((await standing.json()) as { may_report?: boolean }).may_report) {
      id = docket.id
      break
    }
  }
  if (!id) throw new Error('no docket of 洛阳 is of this tenderer')

  await supervisor.goto(`${process.env.MINGJING_URL}/console/dockets/${id}#objections`)
  const part = supervisor.locator('#objections')
  await part.getByRole('button', { name: '催报' }).click()
  await supervisor.getByRole('dialog').getByLabel('内容或理由').fill('请报送该异议的处理情况')
  await supervisor.getByRole('dialog').getByRole('button', { name: '催报' }).click()
  await expect(part.locator('article.objection')).toContainText('待招标人报送')

  await tenderer.goto(`${process.env.MINGJING_URL}/console/objections`)
  const asked = tenderer.locator('article.objection')
  await expect(asked).toContainText('请报送该异议的处理情况')
  await expect(asked).toContainText('天数未经核对')
  await clean(tenderer, 'what a tenderer has to report')
  await asked.getByRole('button', { name: '报送收到的异议' }).click()
  const form = tenderer.getByRole('dialog')
  const today = new Date().toLocaleDateString('sv', { timeZone: 'Asia/Shanghai' })
  await form.getByLabel('异议事项').click()
  await tenderer.getByTitle('评标结果、中标候选人').click()
  for (const label of ['收到之日', '暂停之日']) {
    await form.getByLabel(label).fill(today)
    await tenderer.keyboard.press('Enter')
  }
  await form.getByLabel('异议人').fill('某投标单位')
  await form.getByLabel('异议内容').fill('第一中标候选人业绩不实')
  await form.getByRole('button', { name: '报送收到的异议' }).click()
  await expect(asked).toContainText('已收到，待答复')
  await expect(asked).toContainText('招标投标法实施条例 第五十四条')
  await asked.getByRole('button', { name: '报送答复' }).click()
  for (const label of ['答复之日', '恢复之日']) {
    await form.getByLabel(label).fill(today)
    await tenderer.keyboard.press('Enter')
  }
  await form.getByLabel('不成立', { exact: true }).check()
  await form.getByLabel('答复内容').fill('经核实，业绩真实')
  await form.getByRole('button', { name: '报送答复' }).click()
  await expect(asked).toHaveCount(0)

  await supervisor.reload()
  const report = part.locator('article.objection')
  await expect(report).toContainText('经核实，业绩真实')
  await expect(report.getByText('符合', { exact: true })).toHaveCount(3)
  await clean(supervisor, 'a docket with a reported objection')

  // Whoever it does not concern reads nothing of it.
  const other = await (await browser.newContext({ locale: 'zh-CN' })).newPage()
  await signIn(other, 'bidder', { to: `/dockets/${id}` })
  await expect(other.locator('#complaints')).toBeVisible()
  await expect(other.locator('#objections')).toHaveCount(0)
  const open = await (await other.request.get(`${process.env.MINGJING_URL}/api/v1/dockets/${id}/objections`)).text()
  expect(open).not.toContain('某投标单位')
})
