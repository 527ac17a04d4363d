import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { NumberFiles, parseNumber, readNumber } from '../../src/drivers/files.ts'

const folder = mkdtempSync(join(tmpdir(), 'vipkeeper-files-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let count = 0
const fresh = (): string => join(folder, `f${count++}`)

/** What is reported, one after the other. */
class Heard {
  readonly all: string[] = []
  readonly files: NumberFiles

  constructor(emptyGrace = 60_000) {
    this.files = new NumberFiles((path, value) => this.all.push(`${path.slice(folder.length + 1)} ${value}`), emptyGrace)
  }

  /** Until so many reports have come. */
  async until(length: number): Promise<void> {
    while (this.all.length < length) await new Promise((resolve) => setImmediate(resolve))
  }

  [Symbol.dispose](): void {
    this.files.close()
  }
}

const only = (path: string) => [{ path, initial: undefined }]

describe('track_file: the number in a file', () => {
  test.each([
    ['7', 7],
    ['7\n', 7],
    ['  -12 and more', -12],
    ['+3', 3],
    ['0x10', 16],
    ['-0X1f', -31],
    ['010', 8],
    ['09', 0],
    ['4x', 4],
    ['0', 0],
    ['x4', 0],
    ['', 0],
    ['- 4', 0],
    ['0x', 0],
    ['2147483648', 2_147_483_647],
    ['-99999999999999999999', -2_147_483_648],
    ['1'.repeat(64), 2_147_483_647],
  ])('%j is %i', (text, number) => {
    expect(parseNumber(text)).toBe(number)
  })

  test('of a file that is missing, a folder, a FIFO or noise it is 0; an empty file has none', () => {
    const fifo = fresh()
    execFileSync('mkfifo', [fifo])
    const noise = fresh()
    writeFileSync(noise, Buffer.alloc(10_000_000, 0xff))
    const empty = fresh()
    writeFileSync(empty, '')
    expect([fresh(), folder, fifo, noise].map(readNumber)).toEqual([0, 0, 0, 0])
    expect(readNumber(empty)).toBeUndefined()
  })
})

describe('track_file: what is reported', () => {
  test('the number at once, and then each new one', async () => {
    const path = fresh()
    writeFileSync(path, '5\n')
    using heard = new Heard()
    expect(heard.files.follow(only(path))).toEqual(new Map([[path, 5]]))
    writeFileSync(path, '6\n')
    await heard.until(1)
    writeFileSync(path, '-7')
    await heard.until(2)
    const name = path.slice(folder.length + 1)
    expect(heard.all).toEqual([`${name} 6`, `${name} -7`])
  })

  test('a file that comes, is replaced, and goes', async () => {
    const path = fresh()
    const name = path.slice(folder.length + 1)
    using heard = new Heard()
    expect(heard.files.follow(only(path)).get(path)).toBe(0)
    writeFileSync(path, '1')
    await heard.until(1)
    const other = fresh()
    writeFileSync(other, '2')
    renameSync(other, path)
    await heard.until(2)
    unlinkSync(path)
    await heard.until(3)
    expect(heard.all).toEqual([`${name} 1`, `${name} 2`, `${name} 0`])
  })

  test('an empty moment while it is written is not believed', async () => {
    const path = fresh()
    writeFileSync(path, '5')
    using heard = new Heard(60_000)
    heard.files.follow(only(path))
    for (const text of ['', '5', '', '5', '', '6']) {
      writeFileSync(path, text)
      for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
    }
    await heard.until(1)
    expect(heard.all).toEqual([`${path.slice(folder.length + 1)} 6`])
  })

  test('a file that stays empty has no number', async () => {
    const path = fresh()
    writeFileSync(path, '5')
    using heard = new Heard(1)
    heard.files.follow(only(path))
    writeFileSync(path, '')
    await heard.until(1)
    expect(heard.all).toEqual([`${path.slice(folder.length + 1)} 0`])
  })

  test('a folder that is removed takes its number away, and gives it back when it returns', async () => {
    const inner = fresh()
    mkdirSync(inner)
    const path = join(inner, 'n')
    writeFileSync(path, '9')
    using heard = new Heard()
    expect(heard.files.follow(only(path)).get(path)).toBe(9)
    rmSync(inner, { recursive: true })
    await heard.until(1)
    mkdirSync(inner)
    writeFileSync(path, '3')
    await heard.until(2)
    writeFileSync(path, '4')
    await heard.until(3)
    expect(heard.all.map((line) => line.split(' ')[1])).toEqual(['0', '3', '4'])
  })

  test('a reload follows what is new and forgets what is gone', async () => {
    const [first, second] = [fresh(), fresh()]
    using heard = new Heard()
    heard.files.follow(only(first))
    writeFileSync(second, '2')
    expect(heard.files.follow(only(second))).toEqual(new Map([[second, 2]]))
    writeFileSync(first, '8')
    writeFileSync(second, '3')
    await heard.until(1)
    expect(heard.all).toEqual([`${second.slice(folder.length + 1)} 3`])
  })

  test('neighbours in the folder are not looked at', async () => {
    const path = fresh()
    using heard = new Heard()
    heard.files.follow(only(path))
    for (let i = 0; i < 10; i++) writeFileSync(fresh(), '5')
    writeFileSync(path, '1')
    await heard.until(1)
    expect(heard.all).toHaveLength(1)
  })
})

describe('init_file', () => {
  const start = (path: string, overwrite: boolean): number | undefined => {
    using heard = new Heard()
    return heard.files.follow([{ path, initial: { value: 5, overwrite } }]).get(path)
  }

  test('makes the file at the start', () => {
    const path = fresh()
    expect(start(path, false)).toBe(5)
    expect(readFileSync(path, 'utf8')).toBe('5\n')
  })

  test('leaves one that is there alone, except with overwrite', () => {
    const path = fresh()
    writeFileSync(path, '123\n')
    expect(start(path, false)).toBe(123)
    expect(start(path, true)).toBe(5)
    expect(readFileSync(path, 'utf8')).toBe('5\n')
  })

  test('S-F3 follows no link', () => {
    const [link, victim] = [fresh(), fresh()]
    writeFileSync(victim, 'precious')
    symlinkSync(victim, link)
    start(link, true)
    expect(readFileSync(victim, 'utf8')).toBe('precious')
  })

  test('is not made again at a reload', () => {
    const path = fresh()
    using heard = new Heard()
    const files = [{ path, initial: { value: 5, overwrite: true } }]
    heard.files.follow(files)
    writeFileSync(path, '7')
    expect(heard.files.follow(files).get(path)).toBe(7)
  })
})
