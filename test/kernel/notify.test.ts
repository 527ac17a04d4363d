import { closeSync, constants, existsSync, lstatSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { until } from '../lab/observe.ts'
import { isKeepalived } from './harness/device.ts'
import { instance, pause, Rig } from './harness/rig.ts'

const folderOf = (rig: Rig): string => rig.dut.host.directory
const globals = (lines = ''): string => `global_defs {\n  script_user root\n  ${lines}\n}\n`

/** A line of the configuration: the script writes its words, and those that are added, into one file. */
const say = (folder: string, keyword: string, words = keyword): string => `${keyword} "/bin/sh ${folder}/say.sh ${words}"`
const STATES = ['notify_master', 'notify_backup', 'notify_fault', 'notify_stop', 'notify']
const sayAll = (folder: string, who = ''): string[] => STATES.map((keyword) => say(folder, keyword, `${who}${keyword}`))

async function openWith(configuration: (folder: string) => string, more: (folder: string) => string = () => ''): Promise<Rig> {
  const rig = await Rig.open({ configuration: '', start: false })
  const folder = folderOf(rig)
  writeFileSync(join(folder, 'say.sh'), `echo "$*" >> ${folder}/out\n`)
  writeFileSync(rig.configuration, globals(more(folder)) + configuration(folder))
  rig.start()
  await rig.ready()
  return rig
}

const said = (rig: Rig): readonly string[] => {
  const path = join(folderOf(rig), 'out')
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []
}

/** Until so much has been said. keepalived starts the two scripts of a change side by side, so either may be the first to write. */
async function hears(rig: Rig, expected: readonly string[]): Promise<void> {
  await until(() => said(rig).length >= expected.length, 9, 0.02)
  const ordered = (lines: readonly string[]): readonly string[] => (isKeepalived ? lines.toSorted() : lines)
  expect(ordered(said(rig)), rig.dut.log.slice(-1500)).toEqual(ordered(expected))
}

const pair = (state: string, words: string): readonly string[] => [`notify_${state.toLowerCase()}`, `notify ${words}`]
const change = (state: string, priority = 100): readonly string[] => pair(state, `INSTANCE VI_1 ${state} ${priority}`)

describe.concurrent('notify scripts', () => {
  test('FSM-24 notify_backup, notify_master, notify_fault and notify_stop, each before notify with its arguments; STOP is waited for', async () => {
    await using rig = await openWith((folder) => instance({ lines: sayAll(folder) }))
    const expected = [...change('BACKUP')]
    await hears(rig, expected)
    await rig.promote()
    await hears(rig, expected.concat(change('MASTER')))
    rig.dut.host.ip('link set eth0 down')
    expected.push(...change('MASTER'), ...change('FAULT'))
    await hears(rig, expected)
    rig.dut.host.ip('link set eth0 up')
    expected.push(...change('BACKUP'), ...change('MASTER'))
    await hears(rig, expected)
    await rig.dut.stop()
    await hears(rig, expected.concat(change('STOP')))
  })

  test.each([
    { name: 'without notify_deleted as FAULT, by notify alone', lines: () => [], expected: ['notify INSTANCE VI_2 FAULT 100'] },
    {
      name: 'with notify_deleted as DELETED',
      lines: (folder: string) => [say(folder, 'notify_deleted')],
      expected: pair('DELETED', 'INSTANCE VI_2 DELETED 100'),
    },
  ])('an instance that a reload removes is told $name', async ({ lines, expected }) => {
    const text = (more: string): string => instance() + more
    await using rig = await openWith((folder) =>
      text(instance({ name: 'VI_2', vrid: 52, addresses: ['192.0.2.20'], lines: [...sayAll(folder), ...lines(folder)] })),
    )
    const first = pair('BACKUP', 'INSTANCE VI_2 BACKUP 100')
    const second = pair('MASTER', 'INSTANCE VI_2 MASTER 100')
    await hears(rig, [...first, ...second])
    writeFileSync(rig.configuration, globals() + text(''))
    rig.dut.signal('SIGHUP')
    await hears(rig, [...first, ...second, ...expected])
  })

  test('notify_master_rx_lower_pri: when a master hears a lower one, each time that it answers', async () => {
    await using rig = await openWith((folder) => instance({ lines: [say(folder, 'notify_master_rx_lower_pri')] }))
    await rig.promote()
    rig.send({ version: 2, vrid: 51, priority: 50 })
    await hears(rig, ['notify_master_rx_lower_pri'])
    await pause(1.1)
    rig.send({ version: 2, vrid: 51, priority: 50 })
    await hears(rig, ['notify_master_rx_lower_pri', 'notify_master_rx_lower_pri'])
  })

  test('vrrp_sync_group: its members tell of themselves, and it of itself with GROUP and 0', async () => {
    await using rig = await openWith(
      (folder) =>
        `vrrp_sync_group G1 {\n  group {\n    VI_1\n    VI_2\n  }\n  ${sayAll(folder, 'group_').join('\n  ')}\n}\n` +
        instance({ lines: sayAll(folder) }) +
        instance({ name: 'VI_2', vrid: 52, addresses: ['192.0.2.20'] }),
    )
    const both = (state: string): readonly string[] => [
      ...change(state),
      `group_notify_${state.toLowerCase()}`,
      `group_notify GROUP G1 ${state} 0`,
    ]
    const sorted = (): readonly string[] => said(rig).toSorted()
    await until(() => said(rig).length >= 8, 9, 0.02)
    expect(sorted()).toEqual([...both('BACKUP'), ...both('MASTER')].toSorted())
    await rig.dut.stop()
    expect(sorted()).toEqual([...both('BACKUP'), ...both('MASTER'), ...both('STOP')].toSorted())
  })

  test('vrrp_notify_fifo: a line for each change, for each group and for each lower master that is answered', async () => {
    await using rig = await openWith(
      (folder) => `vrrp_sync_group G1 {\n  group {\n    VI_1\n  }\n}\n${instance({ lines: sayAll(folder) })}`,
      (folder) => `vrrp_notify_fifo ${folder}/fifo nobody daemon`,
    )
    const path = join(folderOf(rig), 'fifo')
    const { mode, uid, gid } = lstatSync(path)
    // Version 2.2.7 lets its own umask take the right to read from the others.
    expect([mode & 0o7777, uid, gid]).toEqual([isKeepalived ? 0o600 : 0o644, 65534, 1])
    // Open to the end, so that the last lines can be read when the program is gone.
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
    let text = ''
    const hasLines = async (...lines: readonly string[]): Promise<void> => {
      const expected = lines.map((line) => `${line}\n`).join('')
      await until(
        () => {
          text += readNow(fd)
          return text.length >= expected.length
        },
        9,
        0.02,
      )
      expect(text, rig.dut.log.slice(-1500)).toBe(expected)
      text = ''
    }
    await rig.promote()
    const states = (state: string): string[] => [`INSTANCE "VI_1" ${state} 100`, `GROUP "G1" ${state} 0`]
    // The group is told first, but only of its first state.
    await hasLines(...states('BACKUP').toReversed(), ...states('MASTER'))
    rig.send({ version: 2, vrid: 51, priority: 50 })
    await hasLines('INSTANCE "VI_1" MASTER_RX_LOWER_PRI 100')
    rig.dut.host.ip('link set eth0 down')
    await hasLines(...states('FAULT'))
    await rig.dut.stop()
    await hasLines(...states('STOP'))
    closeSync(fd)
    expect(existsSync(path)).toBe(false)
    expect(said(rig)).toContain('notify INSTANCE VI_1 FAULT 100')
  })
})

/** What stands in the pipe now. */
function readNow(fd: number): string {
  const buffer = Buffer.alloc(65_536)
  try {
    return buffer.toString('utf8', 0, readSync(fd, buffer))
  } catch {
    return ''
  }
}
