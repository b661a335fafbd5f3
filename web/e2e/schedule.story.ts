import { expect, test } from '@playwright/test'
import { signIn } from './accounts'
import { clean } from './clean'
import { send, stamp } from './sender'

const url = () => process.env.MINGJING_URL as string
const key = process.env.MINGJING_STORIES_KEY
const id = 'E4103000000007501001'
const minutes = (n: number) => new Date(Date.now() + n * 60_000)
const tender = { TENDER_PROJECT_CODE: id, BID_SECTION_CODES: `${id}001` }

test.skip(!key, 'the platform of the stories has no trading system of ours')

test('an opening stands on the board of its day, late when nothing comes, then over; its evaluation follows', async ({ page }) => {
  test.setTimeout(120_000)
  const due = minutes(-90)
  await send(url(), key as string, [
    { dataset: '501', key: id, fields: { TENDER_PROJECT_CODE: id, TENDER_PROJECT_NAME: '洛阳市故事会堂工程', REGION_CODE: '410300', IS_TO_LAW: '1', TENDER_MODE: '1', CREATE_TIME: stamp(minutes(-60 * 24 * 30)) } },
    { dataset: '502', key: `${id}001`, fields: { TENDER_PROJECT_CODE: id, BID_SECTION_CODE: `${id}001`, BID_SECTION_NAME: '第1标段' } },
    { dataset: '504', key: `${id}001-D`, fields: { ...tender, BID_DOC_REFER_END_TIME: stamp(due), BID_OPEN_TIME: stamp(due), BID_OPEN_PLACE: '洛阳故事开标室' } },
  ])
  const day = stamp(due)
  await signIn(page, 'luoyang', { to: `/schedule?day=${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}&region=410300` })
  const room = page.getByRole('region', { name: '洛阳故事开标室' })
  const line = room.locator('tr', { hasText: '洛阳市故事会堂工程' })
  await expect(line).toContainText('逾期无记录', { timeout: 40_000 })
  await clean(page, 'day board')

  // The record of the opening comes, and the recording of the evaluation runs.
  await send(url(), key as string, [
    { dataset: '506', key: `${id}001-O`, fields: { ...tender, NOTICE_NAME: '开标记录', BID_OPENING_TIME: stamp(due), BID_OPENING_ADDRESS: '洛阳故事开标室' } },
    { dataset: '9113', key: `${id}001-V`, fields: { TENDER_PROJECT_CODE: id, BID_SECTION_CODE: `${id}001`, MEDIA_NUMBER: 'S1', PLACE: '洛阳故事评标室', TRADE_STEP: '评标', BEGIN_TIME: stamp(minutes(-30)) } },
  ])
  await expect(line).toContainText('已结束', { timeout: 40_000 })
  const evaluation = page.getByRole('region', { name: '洛阳故事评标室' }).locator('tr', { hasText: '洛阳市故事会堂工程' })
  await expect(evaluation).toContainText('进行中')
  await page.getByRole('combobox', { name: '状态' }).click()
  await page.getByTitle(/^进行中/).click()
  await expect(page).toHaveURL(/state=begun/)
  await expect(line).toHaveCount(0)
  await expect(evaluation).toBeVisible()
  await evaluation.getByRole('link').click()
  await expect(page.getByRole('heading', { name: '洛阳市故事会堂工程' })).toBeVisible()

  // The public is told of the opening, not of when an evaluation began.
  const board = (await (await fetch(`${url()}/api/v1/schedule?region=410300&day=${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}`)).json()) as { items: { docket: string; kind: string; state: string; begun?: string; place?: string }[] }
  const mine = board.items.filter((one) => one.docket === id)
  expect(mine.find((one) => one.kind === 'opening')?.state).toBe('finished')
  expect(mine.some((one) => one.kind === 'evaluation' && (one.begun || one.place))).toBe(false)
})
