import { parentPort } from 'node:worker_threads'
import { pino } from 'pino'
import { consoleLine, type LogLine, lostLine, syslogDatagram } from './log-line.ts'
import { packetLines } from './log-packets.ts'
import { LogRing } from './log-ring.ts'
import type { LogSettings } from './log-settings.ts'
import { consoleSink, type LogSink, syslogSink } from './log-sinks.ts'

/** To the logging thread: where lines go, first and once; lines; the question whether all is written. */
export type ToLogThread =
  | { readonly kind: 'open'; readonly settings: LogSettings }
  | { readonly kind: 'lines'; readonly lines: readonly LogLine[] }
  | { readonly kind: 'flush' }
/** From it. */
export type FromLogThread = { readonly kind: 'taken'; readonly count: number } | { readonly kind: 'flushed' }

interface Rendered {
  readonly text: string
  readonly line: LogLine
}

/** What a sink may have waiting: with the rings before it well under a mebibyte. */
const LIMITS = { capacity: 256 * 1024, window: 1 } as const
/** Lines; a third of what fits. Beyond it packets have no line of their own. */
const MOST_WAITING = 500

/**
 * The thread that writes the log. Every sink has its own ring, so a stuck one loses its own lines only; the supervisor never waits.
 */
function run(settings: LogSettings, port: NonNullable<typeof parentPort>): void {
  let current: LogLine | undefined
  let flushing = false

  const ring = (sink: LogSink): LogRing<Rendered> => {
    const queue: LogRing<Rendered> = new LogRing<Rendered>(LIMITS, {
      deliver: (items) => {
        const last = items.length - 1
        for (const [i, { text }] of items.entries()) sink.write(text, i === last ? () => written(items.length) : () => undefined)
      },
      sizeOf: (item) => item.text.length + 64,
      lost: (count) => render(lostLine(count)),
    })
    // In its own turn: a sink that calls back at once must not re-enter the ring that is delivering to it.
    const written = (count: number): void => {
      setImmediate(() => {
        queue.acknowledge(count)
        answerFlush()
      })
    }
    const render = (line: LogLine): Rendered => ({
      line,
      text: sink.form === 'syslog' ? syslogDatagram(line, settings.identity, settings.syslog ?? 3) : asText(line),
    })
    rings.push({ queue, render })
    return queue
  }
  const rings: { readonly queue: LogRing<Rendered>; readonly render: (line: LogLine) => Rendered }[] = []

  let json = ''
  const logger = pino(
    {
      level: 'debug',
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date(current?.at ?? 0).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write(text: string) {
        json = text
      },
    },
  )
  const asText = (line: LogLine): string => {
    if (settings.format === 'human') return consoleLine(line)
    current = line
    logger[line.level]({ role: line.role, pid: line.pid, event: line.event, ...line.fields }, line.text)
    return json
  }

  if (settings.console) ring(consoleSink(2))
  if (settings.syslog !== undefined) ring(syslogSink('/dev/log'))

  const answerFlush = (): void => {
    if (!flushing || rings.some(({ queue }) => queue.pending > 0)) return
    flushing = false
    port.postMessage({ kind: 'flushed' } satisfies FromLogThread)
  }

  port.on('message', (message: Exclude<ToLogThread, { readonly kind: 'open' }>) => {
    switch (message.kind) {
      case 'lines':
        for (const line of message.lines) {
          for (const { queue, render } of rings) {
            const lines = settings.format === 'human' ? packetLines(line, MOST_WAITING - queue.pending) : [line]
            for (const one of lines) queue.push(render(one))
          }
        }
        port.postMessage({ kind: 'taken', count: message.lines.length } satisfies FromLogThread)
        return
      case 'flush':
        flushing = true
        answerFlush()
        return
    }
  })
}

const port = parentPort
port?.once('message', (first: ToLogThread) => {
  if (first.kind === 'open') run(first.settings, port)
})
