import { setTimeout as sleep } from 'node:timers/promises'

/** The demo ends because it was asked to. */
export class Stopped extends Error {}

/**
 * Ends the demo on Ctrl-C, on SIGTERM and SIGHUP, when nobody reads its output any more, and when
 * the `make` that started it is gone. A second request does not wait: it calls `hurry`.
 */
export function stopOnRequest(stop, output, hurry) {
  const request = (why) => {
    if (stop.signal.aborted) {
      void hurry()
      return
    }
    output.step('demo', `${why}: stopping`)
    stop.abort(new Stopped())
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => request(signal))
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => {
      if (!stop.signal.aborted) stop.abort(new Stopped())
    })
  }
  if (process.env.MAKELEVEL) {
    const parent = process.ppid
    setInterval(() => {
      if (process.ppid !== parent && !stop.signal.aborted) request('make is gone')
    }, 250).unref()
  }
}

/** Waits; rejects with the reason of the stop as soon as there is one. */
export async function pause(ms, signal) {
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted())
}

/**
 * Asks again and again until `ask` gives something. When it does not in time, the failure says
 * `what` did not happen and carries the last lines of the `program` that was waited for.
 */
export async function until(ask, { program, what, timeoutMs, signal, everyMs = 25 }) {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    signal.throwIfAborted()
    const answer = await ask()
    if (answer) return answer
    if (performance.now() > deadline) throw program.failure(`${what()} within ${timeoutMs / 1000} s`)
    await pause(everyMs, signal)
  }
}
