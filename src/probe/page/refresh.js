'use strict'
// Fetches the page again and puts what is new in place. Without it the page reloads by itself.
const PERIOD_MS = 5000
const page = document.getElementById('page')
const lost = document.getElementById('lost')
const news = document.getElementById('news')
let latest = Date.now()

async function refresh() {
  if (document.hidden) return
  try {
    const response = await fetch(location.href, { cache: 'no-store', signal: AbortSignal.timeout(PERIOD_MS) })
    if (!response.ok) throw new Error('no page')
    show(new DOMParser().parseFromString(await response.text(), 'text/html'))
  } catch {
    const seconds = Math.round((Date.now() - latest) / 1000)
    lost.textContent = `No answer for ${seconds} s. What you see is old.`
  }
}

function show(next) {
  const open = new Set([...page.querySelectorAll('details[open]')].map((each) => each.id))
  const focused = document.activeElement?.closest('details')?.id
  page.replaceChildren(...next.getElementById('page').childNodes)
  for (const id of open) document.getElementById(id)?.setAttribute('open', '')
  if (focused) document.getElementById(focused)?.querySelector('summary')?.focus()
  if (document.title !== next.title) news.textContent = document.title = next.title
  document.querySelector('link[rel=icon]').href = next.querySelector('link[rel=icon]').getAttribute('href')
  lost.textContent = ''
  latest = Date.now()
}

setInterval(refresh, PERIOD_MS)
document.addEventListener('visibilitychange', refresh)
