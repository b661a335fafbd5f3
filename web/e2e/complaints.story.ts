import { expect, test } from '@playwright/test'
import { signIn } from './accounts'
import { clean } from './clean'

test('a losing bidder complains and the result waits: accepted, paused, decided and published without them', async ({ browser }) => {
  test.setTimeout(120_000)
  const list = (await (await fetch(`${process.env.MINGJING_URL}/api/v1/dockets?class=construction&region=4103&limit=100`)).json()) as { items: { id: string; lots: { moment: string }[] }[] }
  const id = list.items.find((d) => d.lots.some((l) => l.moment !== 'before'))?.id
  if (!id) throw new Error('no docket of 洛阳 is opened')
  const claim = `第一中标候选人业绩不实 ${Date.now()}`

  const bidder = await (await browser.newContext({ locale: 'zh-CN' })).newPage()
  await signIn(bidder, 'bidder', { to: `/dockets/${id}` })
  const firm = (await bidder.locator('.shell-head').textContent()) ?? ''
  const part = bidder.locator('#complaints')
  await part.getByRole('button', { name: '提起投诉' }).click()
  await part.getByLabel('投诉事项').click()
  await bidder.getByTitle('评标结果、中标候选人').click()
  const today = new Date().toLocaleDateString('sv', { timeZone: 'Asia/Shanghai' })
  for (const label of ['知道或者应当知道之日', '提出异议（质疑）之日']) {
    await part.getByLabel(label).fill(today)
    await bidder.keyboard.press('Enter')
  }
  await part.getByLabel('事实、依据与请求').fill(claim)
  await part.getByRole('button', { name: '提起投诉' }).click()
  const mine = part.locator('.complaint', { hasText: claim })
  await expect(mine).toContainText('待决定是否受理')
  await expect(mine).toContainText('招标投标法实施条例 第六十一条')

  const supervisor = await (await browser.newContext({ locale: 'zh-CN' })).newPage()
  await signIn(supervisor, 'luoyang', { to: '/complaints' })
  const one = supervisor.locator('.complaint', { hasText: claim })
  await expect(one).toContainText('受理条件')
  await clean(supervisor, 'the queue of complaints')
  await one.getByRole('button', { name: '受理', exact: true }).click()
  await expect(one).toContainText('处理中')
  await one.getByRole('button', { name: '责令暂停' }).click()
  await supervisor.getByRole('dialog').getByLabel('理由或内容').fill('投诉事项可能影响中标结果')
  await supervisor.getByRole('dialog').getByRole('button', { name: '责令暂停' }).click()
  await expect(one.getByRole('button', { name: '恢复' })).toBeVisible()

  // Whoever it does not concern sees that the result waits, and nothing of who complained.
  const other = await (await browser.newContext({ locale: 'zh-CN' })).newPage()
  await signIn(other, 'tenderer', { to: `/dockets/${id}` })
  await expect(other.locator('#complaints')).toContainText('结果待投诉处理后确定')
  await expect(other.locator('#complaints .complaint')).toHaveCount(0)

  await one.getByRole('button', { name: '作出处理决定' }).click()
  const dialog = supervisor.getByRole('dialog')
  await dialog.getByLabel('部分属实').check()
  await dialog.getByLabel('处理决定（将公布，不得出现投诉人）').fill('投诉事项一属实，责令重新评标')
  await dialog.getByRole('button', { name: '作出处理决定' }).click()
  await expect(one).toHaveCount(0)

  await other.reload()
  const published = other.locator('#complaints .complaint')
  await expect(published.first()).toContainText('责令重新评标')
  await expect(other.locator('#complaints')).not.toContainText(claim)
  const org = /[\u4e00-\u9fff]+有限公司/.exec(firm)?.[0]
  if (!org) throw new Error(`no firm in ${firm}`)
  await expect(other.locator('#complaints')).not.toContainText(org)
  await bidder.goto(`${process.env.MINGJING_URL}/console/complaints?state=ended`)
  await expect(bidder.locator('.complaint', { hasText: claim })).toContainText('部分属实')
})
