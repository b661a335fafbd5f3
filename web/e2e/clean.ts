import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

/**
 * clean expects axe to find nothing on the page once it is still: what a list
 * dropped down has gone, what fades or loads has come. A page judged in the
 * middle of a fade has the colours of neither state.
 */
export async function clean(page: Page, what: string): Promise<void> {
  await expect(page.locator('.ant-select-dropdown:visible, .ant-skeleton-active:visible')).toHaveCount(0)
  await page.evaluate(() => Promise.all(document.getAnimations()
    .filter((one) => one.effect?.getComputedTiming().iterations !== Infinity)
    .map((one) => one.finished.catch(() => undefined))))
  const found = await new AxeBuilder({ page }).analyze()
  expect(found.violations.map((one) => `${what}: ${one.id} at ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([])
}
