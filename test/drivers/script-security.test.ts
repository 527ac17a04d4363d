import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fromSeconds } from '../../src/base/units.ts'
import { onlyRootCanChange } from '../../src/drivers/script-security.ts'
import { Scripts } from '../../src/drivers/scripts.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'script-security-'))
  chmodSync(folder, 0o755)
})
afterEach(() => rmSync(folder, { recursive: true }))

const NOBODY = 65_534
const at = (...parts: readonly string[]): string => join(folder, ...parts)
function script(name = 's', text = '#!/bin/sh\nexit 0\n'): string {
  writeFileSync(at(name), text, { mode: 0o755 })
  return at(name)
}

describe.runIf(process.getuid?.() === 0)('S-X3 enable_script_security: who could change what is run', () => {
  test.each<{ readonly name: string; readonly change: (path: string) => void; readonly secure: boolean }>([
    { name: 'root alone', change: () => undefined, secure: true },
    { name: 'all may write the file', change: (path) => chmodSync(path, 0o777), secure: false },
    { name: 'the group of root may write it', change: (path) => chmodSync(path, 0o775), secure: true },
    {
      name: 'another group may write it',
      change: (path) => {
        chownSync(path, 0, 1)
        chmodSync(path, 0o775)
      },
      secure: false,
    },
    { name: 'it is another’s', change: (path) => chownSync(path, NOBODY, 0), secure: false },
    { name: 'all may write the folder', change: () => chmodSync(folder, 0o777), secure: false },
    { name: 'all may write the folder, but it is sticky, as /tmp is', change: () => chmodSync(folder, 0o1777), secure: true },
    { name: 'the folder is another’s', change: () => chownSync(folder, NOBODY, 0), secure: false },
    {
      name: 'the folder is another’s and sticky',
      change: () => void [chownSync(folder, NOBODY, 0), chmodSync(folder, 0o1755)],
      secure: false,
    },
    { name: 'the file is sticky, which means nothing', change: (path) => chmodSync(path, 0o1777), secure: false },
  ])('$name: $secure', ({ change, secure }) => {
    const path = script()
    change(path)
    expect(onlyRootCanChange(path)).toBe(secure)
  })

  test('a link on the way is open to all, as keepalived has it', () => {
    mkdirSync(at('d'))
    script('d/s')
    symlinkSync('d', at('link'))
    symlinkSync('d/s', at('linked'))
    expect([at('d/s'), at('link/s'), at('linked')].map(onlyRootCanChange)).toEqual([true, false, false])
  })

  test('the interpreter counts as the script does; where a link leads to it counts where it leads', () => {
    writeFileSync(at('interpreter'), '', { mode: 0o777 })
    chmodSync(at('interpreter'), 0o777)
    expect(onlyRootCanChange(script('s', `#!  ${at('interpreter')} -x\n`))).toBe(false)
    chmodSync(at('interpreter'), 0o755)
    expect(onlyRootCanChange(script('s', `#!${at('interpreter')}\n`))).toBe(true)
    symlinkSync('interpreter', at('link'))
    expect(onlyRootCanChange(script('s', `#!${at('link')}\n`))).toBe(true)
  })

  test('is asked again whenever it is run: what has become open since is not run', async () => {
    const command = { argv: [script('s', `#!/bin/sh\necho ran >> ${at('out')}\n`)], runAs: undefined, guarded: true } as const
    await using scripts = new Scripts()
    const limit = { timeout: fromSeconds(20) }
    expect(await scripts.run(command, limit)).toEqual({ kind: 'exited', code: 0 })
    chmodSync(folder, 0o777)
    expect(await scripts.run(command, limit)).toEqual({ kind: 'not-run', ours: false, detail: `others than root may change ${at('s')}` })
    rmSync(at('s'))
    expect(await scripts.run(command, limit)).toMatchObject({ kind: 'not-run', ours: false })
  })
})
