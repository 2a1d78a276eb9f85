import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startBrowser, violations } from './support/browser.ts'
import { type ProbeChild, startProbe } from './support/probe.ts'
import { startRedis } from './support/redis.ts'

let browser: Browser
const stopping: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser.close())
afterEach(async () => {
  for (const stop of stopping.splice(0).reverse()) await stop()
})

async function child(...args: Parameters<typeof startProbe>): Promise<ProbeChild> {
  const started = await startProbe(...args)
  stopping.push(() => started.stop())
  return started
}

interface Look {
  width: number
  scheme: 'light' | 'dark'
}

const LOOKS: Look[] = [1_280, 390].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme })))

/** Opens the page and holds it to what it always keeps: its origin, its policy, its width. */
async function open(port: number, { width, scheme, script = true }: Look & { script?: boolean } = LOOKS[0]!): Promise<{ page: Page; seen: string[] }> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, javaScriptEnabled: script })
  stopping.push(() => context.close())
  const page = await context.newPage()
  const seen: string[] = []
  page.on('request', (request) => seen.push(request.url()))
  page.on('console', (message) => seen.push(`console: ${message.text()}`))
  page.on('pageerror', (error) => seen.push(`error: ${error.message}`))
  await page.goto(`http://127.0.0.1:${port}/status`)
  return { page, seen }
}

/** Each state, as a process that is in it. */
const STATES: Record<string, { title: RegExp; verdict: string; reach(): Promise<ProbeChild> }> = {
  ready: {
    title: /^READY · LIVE · orchestrator$/,
    verdict: 'READY',
    async reach() {
      const redis = await startRedis()
      stopping.push(() => redis.stop())
      const started = await child({ options: { redis: redis.url, checks: {} } })
      await started.ask({ op: 'calls', provider: 'openai', success: 1_284, failure: 12 })
      await started.ask({ op: 'guard' })
      return started
    },
  },
  failing: {
    title: /^NOT READY · LIVE · /,
    verdict: 'NOT READY',
    async reach() {
      const started = await child({ options: { redis: 'redis://:secret-word@127.0.0.1:1', checks: {} }, env: { ROS_MODE: 'LIVE', NO_NETWORK: '1' } })
      await started.ask({ op: 'calls', provider: 'pubmed', blocked: 7 })
      return started
    },
  },
  standby: {
    title: /^STANDBY · STANDBY · /,
    verdict: 'STANDBY',
    reach: () => child({ env: { ROS_MODE: 'standby' }, options: { redis: 'redis://secret-host.example.org', checks: {} } }),
  },
  stuck: {
    title: /^STUCK · LIVE · /,
    verdict: 'STUCK',
    async reach() {
      const started = await child({ options: { checks: {} }, probe: { maxLoopLagMs: 200 } })
      await started.get('/status')
      void started.ask({ op: 'block', ms: 25_000 }).catch(() => undefined)
      await expect.poll(async () => (await started.get('/health')).status, { timeout: 3_000 }).toBe(503)
      return started
    },
  },
}

describe.each(Object.entries(STATES))('the status page, %s', (_state, { title, verdict, reach }) => {
  it('is told by its title and its words, has no fault that axe knows, fits, and asks its origin alone', async () => {
    const { port } = await reach()
    for (const look of LOOKS) {
      const { page, seen } = await open(port, look)
      expect(await page.title()).toMatch(title)
      expect(await page.locator('.verdict h2').textContent()).toBe(verdict)
      expect(await violations(page)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
      expect(new Set(seen)).toEqual(new Set([`http://127.0.0.1:${port}/status`]))
      expect(await page.content()).not.toMatch(/secret|127\.0\.0\.1/)
    }
  })
})

describe('the status page', () => {
  it('shows the mode, its source and since when, and what each check, call and guard is like', async () => {
    const { port } = await STATES.ready!.reach()
    const { page } = await open(port)
    expect(await page.locator('.banner h1').textContent()).toBe('LIVE')
    expect(await page.locator('.banner .since').textContent()).toMatch(/^Since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(.*\), by ROS_MODE\.$/)
    const rows = await page.locator('table.cards tbody tr').allTextContents()
    expect(rows).toEqual([expect.stringMatching(/^redis.*ok.*ms.*(just now|s ago)/), expect.stringMatching(/^queue.*ok/)])
    expect(await page.locator('svg.spark').first().getAttribute('aria-label')).toMatch(/^redis, last 10 minutes .* ok, 0 failed, 0 blocked/)
    expect(await page.locator('[aria-labelledby=calls] tbody tr').allTextContents()).toEqual(['openai1\u202f296120'])
    expect(await page.locator('[aria-labelledby=guard]').textContent()).toMatch(/level process.*\d+ known gaps/)
    expect(await page.locator('footer').textContent()).toMatch(/orchestrator 1\.0\.0 · @researchflow\/core \d/)
  })

  it('says in STANDBY that it is a mistyped word, where it is', async () => {
    const { port } = await STATES.standby!.reach()
    const { page } = await open(port)
    expect(await page.locator('.warnings').textContent()).toContain('ROS_MODE: expected DEMO, LIVE or STANDBY')
    expect(await page.locator('.verdict p').first().textContent()).toBe('Locked, and maybe not on purpose: see the note above.')
    expect(await page.locator('table.cards').textContent()).toContain('blocked by the mode')
  })

  it('escapes what it is told', async () => {
    const started = await child({ options: { service: '<b>&"\'</title><script>alert(1)</script>' } })
    const { body } = await started.get('/status')
    expect(body).not.toContain('<b>&')
    expect(body.match(/<script>/g)).toHaveLength(1)
    const { page, seen } = await open(started.port)
    expect(await page.title()).toContain('<b>&"\'</title><script>')
    expect(seen).toHaveLength(1)
  })

  it('has a policy that admits its own style and script, and nothing else', async () => {
    const started = await child()
    const { headers } = await started.get('/status')
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; script-src 'sha256-[\w+/=]{44}'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    )
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
  })

  it('becomes new by itself, keeps what was opened, and says when there is no answer any more', async () => {
    const started = await child({ options: { checks: {}, cacheMs: 0 } })
    await started.ask({ op: 'guard' })
    const { page, seen } = await open(started.port)
    await page.locator('summary').click()
    await page.evaluate(() => Object.assign(globalThis, { same: true }))
    expect(await page.locator('.verdict h2').textContent()).toBe('READY')
    await started.ask({ op: 'queue', state: 'failed' })
    await expect.poll(() => page.locator('.verdict h2').textContent(), { timeout: 8_000 }).toBe('NOT READY')
    expect(await page.title()).toMatch(/^NOT READY/)
    expect(await page.locator('#news').textContent()).toMatch(/^NOT READY/)
    expect(await page.locator('details').getAttribute('open')).toBe('')
    expect(await page.evaluate(() => (globalThis as { same?: boolean }).same)).toBe(true)
    expect(await page.locator('#lost').isVisible()).toBe(false)
    await started.stop()
    await expect.poll(() => page.locator('#lost').textContent(), { timeout: 12_000 }).toMatch(/^No answer for \d+ s\. What you see is old\.$/)
    expect(seen.filter((line) => line.startsWith('error'))).toEqual([])
  })

  it('is whole without JavaScript, and reloads', async () => {
    const started = await child({ options: { checks: {} } })
    const { page } = await open(started.port, { ...LOOKS[1]!, script: false })
    expect(await page.locator('.verdict h2').textContent()).toBe('READY')
    expect(await page.locator('noscript meta').getAttribute('http-equiv')).toBe('refresh')
  })

  it('waits for no dependency that does not answer', async () => {
    const redis = await startRedis()
    stopping.push(() => redis.stop())
    const started = await child({ options: { redis: redis.url, cacheMs: 0 } })
    await started.get('/health/ready')
    redis.freeze()
    const begun = performance.now()
    const { body } = await started.get('/status')
    expect(performance.now() - begun).toBeLessThan(1_000)
    expect(body).toContain('from before')
    redis.thaw()
  })
})
