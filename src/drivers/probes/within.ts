import { type Micros, toMillis } from '../../base/units.ts'

/**
 * Gives `work` a signal that ends after `limit`, or with `outer`. When the time is up, what already lies in the sockets is still read:
 * after a stall of ours a timer runs before the data that came in time.
 */
export async function within<Value>(limit: Micros, outer: AbortSignal, work: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
  const controller = new AbortController()
  const end = (): void => controller.abort()
  let pending: NodeJS.Immediate | undefined
  const timer = setTimeout(() => {
    pending = setImmediate(end)
  }, toMillis(limit))
  outer.addEventListener('abort', end)
  if (outer.aborted) end()
  try {
    return await work(controller.signal)
  } finally {
    clearTimeout(timer)
    clearImmediate(pending)
    outer.removeEventListener('abort', end)
  }
}
