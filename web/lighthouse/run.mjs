// Measures pages of a running console as Lighthouse's desktop preset does, five
// times each, and prints the medians: `npm --prefix web/lighthouse start URL [PATH…]`.
// MINGJING_COOKIE, "name=value", is sent with every request, for pages behind the sign-in.
import { existsSync } from 'node:fs'
import { launch } from 'chrome-launcher'
import lighthouse, { desktopConfig } from 'lighthouse'

const [url, ...paths] = process.argv.slice(2)
if (!url) {
  console.error('usage: npm --prefix web/lighthouse start http://127.0.0.1:8080 /console/signin …')
  process.exit(2)
}
const chromium = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]
const cookie = process.env.MINGJING_COOKIE

for (const path of paths.length > 0 ? paths : ['/console/signin']) {
  const seen = { performance: [], accessibility: [], 'best-practices': [], kilobytes: [] }
  const wrong = new Set()
  for (let run = 0, lost = 0; run < 5; run++) {
    const chrome = await launch({ chromePath: chromium, chromeFlags: ['--headless=new', '--no-sandbox', '--disable-dev-shm-usage'] })
    try {
      const { lhr } = await lighthouse(url + path, {
        port: chrome.port, output: 'json', logLevel: 'error', onlyCategories: ['performance', 'accessibility', 'best-practices'],
        ...(cookie ? { extraHeaders: { Cookie: cookie }, disableStorageReset: true } : {}),
      }, desktopConfig)
      if (lhr.runtimeError?.code === 'NO_NAVSTART' && lost++ < 5) { // the browser now and then starts its trace too late
        run--
        continue
      }
      if (lhr.runtimeError) throw new Error(`${path}: ${lhr.runtimeError.message}`)
      for (const name of ['performance', 'accessibility', 'best-practices']) seen[name].push(Math.round((lhr.categories[name]?.score ?? 0) * 100))
      seen.kilobytes.push(Math.round((lhr.audits['total-byte-weight']?.numericValue ?? 0) / 1024))
      for (const { id } of lhr.categories.accessibility.auditRefs) if (lhr.audits[id].score === 0) wrong.add(id)
    } finally {
      await chrome.kill()
    }
  }
  const medians = Object.fromEntries(Object.entries(seen).map(([name, list]) => [name, median(list)]))
  console.log(JSON.stringify({ path, ...medians, runs: seen.performance, ...(wrong.size > 0 ? { inaccessible: [...wrong] } : {}) }))
}
