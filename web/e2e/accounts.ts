import { expect, type Page } from '@playwright/test'

/** password is the one of the demonstration's accounts, as it printed it. */
export function password(): string {
  const found = /account\s+luoyang\s+(\S+)/.exec(process.env.MINGJING_SAID ?? '')
  if (!found?.[1]) throw new Error('the platform printed no account: set MINGJING_SAID to what it printed')
  return found[1]
}

/** signIn goes through the sign-in as one of the demonstration's people; post chooses one of several by its title. */
export async function signIn(page: Page, username: string, { to = '/help', post }: { to?: string; post?: string } = {}): Promise<void> {
  await page.goto(`${process.env.MINGJING_URL}/console${to}`)
  await page.locator('#username').fill(username)
  await page.locator('#password').fill(password())
  await page.keyboard.press('Enter')
  if (post) await page.locator('.signin-posts').getByRole('button', { name: post }).click()
  await expect(page.locator('#main')).toBeVisible()
}
