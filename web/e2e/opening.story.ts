import { expect, type Page, test } from '@playwright/test'
import { signIn } from './accounts'
import { type Row, send, stamp } from './sender'

const url = () => process.env.MINGJING_URL as string
const key = process.env.MINGJING_STORIES_KEY
const bidders = ['洛水甲建设有限公司', '洛水乙建设有限公司', '洛水丙建设有限公司']

/** A tender in Luoyang whose deadline is soon. */
function tender(serial: string, deadline: Date): { id: string; notice: Row[]; bids: Row[]; opening: Row[] } {
  const id = `E410300000000${serial}001`
  const lot = `${id}001`
  const of = { TENDER_PROJECT_CODE: id, BID_SECTION_CODE: lot }
  return {
    id,
    notice: [
      { dataset: '501', key: id, fields: { TENDER_PROJECT_CODE: id, TENDER_PROJECT_NAME: `洛阳市故事小学教学楼（${serial}）`, REGION_CODE: '410300', IS_TO_LAW: '1', TENDER_MODE: '1', CREATE_TIME: stamp(new Date()) } },
      { dataset: '502', key: lot, fields: { ...of, BID_SECTION_NAME: '第1标段' } },
      { dataset: '503', key: `${lot}-N`, fields: { TENDER_PROJECT_CODE: id, BID_SECTION_CODES: lot, NOTICE_NAME: '招标公告', NOTICE_SEND_TIME: stamp(new Date()), BID_DOC_REFER_END_TIME: stamp(deadline), BID_OPEN_TIME: stamp(deadline) } },
    ],
    bids: bidders.map((name, i) => ({ dataset: '507', key: `${lot}-${i}`, fields: { ...of, BIDDER_NAME: name, BID_PRICE: String(1_180_000 + i * 10_000), PRICE_UNIT: '0', PRICE_FORM_CODE: '1' } })),
    opening: [{ dataset: '506', key: `${lot}-O`, fields: { TENDER_PROJECT_CODE: id, BID_SECTION_CODES: lot, NOTICE_NAME: '开标记录', BID_OPENING_TIME: stamp(deadline) } }],
  }
}

/** Everything that the page of a docket asks the API, as whoever is signed in here gets it. */
async function answers(page: Page, id: string): Promise<string> {
  return page.evaluate(async (docket) => {
    const paths = [`dockets/${docket}`, `dockets/${docket}/sheet`, `dockets/${docket}/stages`, `findings?docket=${docket}`, `search?q=${docket}`, `search?q=${encodeURIComponent('洛水')}`, `search/suggest?q=${encodeURIComponent('洛水')}`, `dockets?q=${encodeURIComponent('洛水')}`]
    return (await Promise.all(paths.map(async (p) => (await fetch(`/api/v1/${p}`)).text()))).join('\n')
  }, id)
}

test.describe.configure({ mode: 'serial' })
test.skip(!key, 'the platform of the stories has no trading system of ours')

test('a record arrives and is seen without reload; its bids are sealed for everybody until the opening record has come, then they appear', async ({ page, browser }) => {
  test.setTimeout(180_000)
  const deadline = new Date(Date.now() + 45_000)
  const t = tender('7001', deadline)
  await signIn(page, 'luoyang', { to: '/dockets' })
  await expect(page.locator('table').first()).toBeVisible()
  await send(url(), key as string, t.notice)
  await send(url(), key as string, t.bids)

  // It comes to the list by itself: as a row, or behind the bar that says how many are new.
  const title = page.getByText('洛阳市故事小学教学楼（7001）').first()
  await expect(async () => {
    if (await title.isVisible()) return
    const fresh = page.getByRole('button', { name: /更新列表/ }).first()
    if (await fresh.isVisible()) await fresh.click()
    await expect(title).toBeVisible({ timeout: 2000 })
  }).toPass({ timeout: 40_000 })
  await title.click()
  await expect(page.locator('#bids')).toContainText('密封，开标后公开')

  // Sealed for every role, by the page and by address.
  for (const who of ['audit', 'admin', 'source', 'tenderer', 'zhengzhou']) {
    const context = await browser.newContext({ locale: 'zh-CN' })
    const other = await context.newPage()
    await signIn(other, who)
    const got = await answers(other, t.id)
    for (const name of bidders) expect(got, `${who} sees ${name}`).not.toContain(name)
    await context.close()
  }
  expect(await answers(page, t.id)).not.toContain('洛水')

  await page.waitForTimeout(Math.max(0, deadline.getTime() - Date.now() + 1000))
  await send(url(), key as string, t.opening)
  await expect(page.locator('#bids')).toContainText(bidders[0] as string, { timeout: 40_000 }) // without reload
  await expect(page.locator('#bids table')).toContainText('118 万元')

  // And its proof, by the reader's own browser.
  await page.locator('#proof').getByRole('button', { name: '开始核验' }).click()
  await expect(page.getByTestId('proof-outcome')).toContainText('核验通过')
})

test('a supervisor of another city reaches by address what the public sees, and no more', async ({ page, browser }) => {
  const id = 'E4103000000007001001'
  await signIn(page, 'zhengzhou', { to: `/dockets/${id}` })
  await expect(page.locator('#way')).toContainText('只有监督部门（辖区内）和审计可以看到')
  await expect(page.locator('#warnings')).toContainText('没有线索，或线索不对您开放')
  const context = await browser.newContext({ locale: 'zh-CN' })
  const own = await context.newPage()
  await signIn(own, 'luoyang', { to: `/dockets/${id}` })
  await expect(own.locator('#way table')).toBeVisible()
  await context.close()
})

test('the same in English on a phone', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'en-GB', hasTouch: true, isMobile: true })
  await context.addInitScript(() => localStorage.setItem('mingjing.lang', 'en'))
  const page = await context.newPage()
  await signIn(page, 'luoyang', { to: '/dockets/E4103000000007001001' })
  await expect(page.getByRole('heading', { name: 'Bids side by side' })).toBeVisible()
  await expect(page.locator('#bids')).toContainText('118 ×10⁴ yuan')
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 'the page scrolls sideways').toBeLessThanOrEqual(0)
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByRole('link', { name: /Dockets/ }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Dockets' })).toBeVisible()
  await context.close()
})
