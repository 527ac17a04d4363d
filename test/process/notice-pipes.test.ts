import { closeSync, constants, existsSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FifoChannel } from '../../src/core/channel-config.ts'
import { NoticePipes, type PipeTrouble } from '../../src/process/notice-pipes.ts'

let folder = ''
let troubles: PipeTrouble[] = []
let pipes: NoticePipes
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'notice-pipes-'))
  troubles = []
  pipes = new NoticePipes((trouble) => troubles.push(trouble))
})
afterEach(async () => {
  await pipes.close()
  rmSync(folder, { recursive: true })
})

const pathOf = (name = 'fifo'): string => join(folder, name)
const channel = (of: FifoChannel['of'], name = 'fifo', script?: string): FifoChannel => ({
  of,
  place: { path: pathOf(name), owner: undefined },
  reader: script === undefined ? undefined : { argv: ['/bin/sh', '-c', script, 'reader'], runAs: undefined },
})

/** What stands in the pipe now. */
function read(name?: string): string {
  const fd = openSync(pathOf(name), constants.O_RDONLY | constants.O_NONBLOCK)
  const buffer = Buffer.alloc(1_000_000)
  try {
    return buffer.toString('utf8', 0, readSync(fd, buffer))
  } catch {
    return ''
  } finally {
    closeSync(fd)
  }
}

/** A test that waits in vain has a limit. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
const said = (): string => (existsSync(pathOf('out')) ? readFileSync(pathOf('out'), 'utf8') : '')

test('vrrp_notify_fifo is told by the vrrp process, lvs_notify_fifo by the checker, notify_fifo by both', () => {
  pipes.use([channel('all', 'all'), channel('vrrp', 'vrrp'), channel('checker', 'lvs')])
  pipes.write('vrrp', 'INSTANCE VI_1', 'INSTANCE\n')
  pipes.write('checker', 'VS', 'VS\n\0')
  expect([read('all'), read('vrrp'), read('lvs')]).toEqual(['INSTANCE\nVS\n\0', 'INSTANCE\n', 'VS\n\0'])
})

describe('a reload', () => {
  test('keeps what nobody has read yet, and without notify_fifo takes it away', () => {
    pipes.use([channel('all')])
    pipes.write('vrrp', 'INSTANCE VI_1', 'MASTER\n')
    pipes.use([channel('all')])
    expect(read()).toBe('MASTER\n')
    pipes.use([])
    expect(existsSync(pathOf())).toBe(false)
    pipes.write('vrrp', 'INSTANCE VI_1', 'BACKUP\n')
  })

  test('starts the reader of notify_fifo_script anew, when the old one is gone: no line finds two', async () => {
    const reader = `echo begins >> ${folder}/out; trap 'sleep 0.1; echo ends >> ${folder}/out; exit' TERM; while :; do sleep 0.01; done`
    pipes.use([channel('all', 'fifo', reader)])
    await until(() => said() === 'begins\n')
    pipes.use([channel('all', 'fifo', reader)])
    await until(() => said().split('begins').length === 3)
    expect(said()).toBe('begins\nends\nbegins\n')
    expect(troubles).toEqual([])
  })
})

describe('lines that nobody reads', () => {
  test('F35 leave the newest of each subject, which arrives when somebody reads again; the others are counted', async () => {
    pipes.use([channel('vrrp')])
    let filled = 0
    while (troubles.length === 0) pipes.write('vrrp', `${filled++}`, `${'x'.repeat(4095)}\n`)
    for (const [subject, line] of [
      ['VI_1', 'MASTER\n'],
      ['VI_2', 'MASTER\n'],
      ['VI_1', 'BACKUP\n'],
      ['VI_1', 'FAULT\n'],
    ] as const)
      pipes.write('vrrp', subject, `${subject} ${line}`)
    expect(troubles).toEqual([{ kind: 'fifo-full', path: pathOf() }])
    expect(read()).toBe(`${'x'.repeat(4095)}\n`.repeat(filled - 1))
    await until(() => troubles.length > 1)
    expect(read()).toBe(`${'x'.repeat(4095)}\nVI_2 MASTER\nVI_1 FAULT\n`)
    expect(troubles.at(-1)).toEqual({ kind: 'fifo-read', path: pathOf(), lost: 2 })
    pipes.write('vrrp', 'VI_1', 'again\n')
    expect(read()).toBe('again\n')
  })

  test('a FIFO that cannot be is said, and its script is not started', () => {
    writeFileSync(pathOf(), '')
    pipes.use([channel('vrrp', 'fifo', `echo started >> ${folder}/out`), channel('all', 'all')])
    pipes.write('vrrp', 'INSTANCE VI_1', 'MASTER\n')
    expect(troubles).toEqual([{ kind: 'no-fifo', path: pathOf(), detail: 'it is not a FIFO' }])
    expect([readFileSync(pathOf(), 'utf8'), read('all')]).toEqual(['', 'MASTER\n'])
  })
})

describe('notify_fifo_script', () => {
  test('is started with the path behind its own arguments, reads, and gets SIGTERM at the end', async () => {
    pipes.use([
      channel(
        'all',
        'fifo',
        `trap 'echo TERM >> ${folder}/out; exit' TERM; while read -r line; do echo "$line" >> ${folder}/out; done < $1`,
      ),
    ])
    pipes.write('vrrp', 'INSTANCE VI_1', 'INSTANCE "VI_1" MASTER 100\n')
    await until(() => said().length > 0)
    await pipes.close()
    expect(said()).toBe('INSTANCE "VI_1" MASTER 100\nTERM\n')
    expect(troubles).toEqual([])
  })

  test('one that ends is said', async () => {
    pipes.use([channel('all', 'fifo', 'exit 3')])
    await until(() => troubles.length > 0)
    expect(troubles).toEqual([{ kind: 'reader-ended', path: pathOf(), script: '/bin/sh' }])
  })
})
