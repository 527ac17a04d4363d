import { describe, expect, test } from 'vitest'
import type { Channels } from '../../../src/core/channel-config.ts'
import { instanceText, type LoadMore, loadText } from '../../support/config-files.ts'

type Reader = NonNullable<LoadMore['reader']>
const found: Reader = { interfaceExists: () => true, script: (path: string) => ({ kind: 'found', path: `/found${path}`, secure: true }) }

function channels(lines: string, reader: Reader = {}): Channels {
  const text = `global_defs {\n  ${lines}\n}\n${instanceText('')}`
  return loadText(text, { reader: { ...found, userExists: () => true, ...reader } }).channels
}

describe('pipes', () => {
  test.each([
    { keyword: 'notify_fifo', of: 'all' },
    { keyword: 'vrrp_notify_fifo', of: 'vrrp' },
    { keyword: 'lvs_notify_fifo', of: 'checker' },
  ] as const)('$keyword with a user and a group, else of whom scripts run as', ({ keyword, of }) => {
    const placeOf = (words: string, reader?: Reader) => channels(`${keyword} ${words}`, reader).fifos
    const one = (owner: object | undefined) => [{ of, place: { path: '/run/f', owner }, reader: undefined }]
    expect(placeOf('/run/f nobody daemon')).toEqual(one({ user: 'nobody', group: 'daemon' }))
    expect(placeOf('/run/f')).toEqual(one({ user: 'keepalived_script', group: undefined }))
    expect(placeOf('/run/f', { userExists: () => false })).toEqual(one(undefined))
  })

  test.each(['notify_fifo', 'vrrp_notify_fifo', 'lvs_notify_fifo'])('%s_script reads it, with its own arguments', (keyword) => {
    const { fifos } = channels(`${keyword} /run/f\n  ${keyword}_script "/bin/reader 'two words'" nobody`)
    expect(fifos[0]?.reader).toEqual({ argv: ['/found/bin/reader', 'two words'], runAs: { user: 'nobody', group: undefined } })
  })

  test('a notify_fifo_script that is not there, or has no pipe, is none', () => {
    expect(
      channels('notify_fifo /run/f\n  notify_fifo_script /bin/r', { script: () => ({ kind: 'missing' }) }).fifos[0]?.reader,
    ).toBeUndefined()
    expect(channels('notify_fifo_script /bin/r').fifos).toEqual([])
  })

  test('none is none', () => expect(channels('')).toEqual({ fifos: [] }))
})
