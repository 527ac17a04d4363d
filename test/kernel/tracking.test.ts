import { chmodSync, copyFileSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { until } from '../lab/observe.ts'
import { isKeepalived } from './harness/device.ts'
import { logs } from './harness/log.ts'
import { instance, pause, Rig } from './harness/rig.ts'
import { wallClock } from './harness/wire.ts'

const script = (name: string, command: string, lines = ''): string =>
  `vrrp_script ${name} {\n  script "${command}"\n  user root\n  ${lines}\n}\n`
const file = (path: string, lines = ''): string => `track_file tf {\n  file ${path}\n  ${lines}\n}\n`
const tracked = (block: string, line: string): string[] => [`${block} {`, line, '}']
const folderOf = (rig: Rig): string => rig.dut.host.directory

/** A rig whose configuration names files in its own folder. */
async function openWith(configuration: (folder: string) => string, prepare?: (folder: string) => void): Promise<Rig> {
  const rig = await Rig.open({ configuration: '', start: false })
  writeFileSync(rig.configuration, configuration(folderOf(rig)))
  prepare?.(folderOf(rig))
  rig.start()
  await until(() => /Entering (BACKUP|MASTER|FAULT) STATE/i.test(rig.dut.latestLog), 8, 0.02)
  return rig
}

const prioritySoon = (rig: Rig, priority: number): Promise<number> => {
  const since = wallClock()
  return rig.advert({ after: since, seconds: 9, where: (advert) => advert.priority === priority }).then(
    ({ at }) => at - since,
    (error: unknown) => {
      throw new Error(`no advert with priority ${priority}\n${rig.dut.log}`, { cause: error })
    },
  )
}

describe.concurrent('tracking on the wire', () => {
  test('PKT-07 a vrrp_script that fails takes 20 from the priority, and gives them back', async () => {
    const rig = await openWith(
      (folder) =>
        script('chk', `/bin/test -e ${folder}/well`, 'interval 0.2\n  weight -20') + instance({ lines: tracked('track_script', 'chk') }),
      (folder) => writeFileSync(join(folder, 'well'), ''),
    )
    await using _ = rig
    await prioritySoon(rig, 100)
    rmSync(join(folderOf(rig), 'well'))
    await prioritySoon(rig, 80)
    await logs(rig.dut, 'VRRP_Script(chk) failed (exited with status 1)')
    await logs(rig.dut, '(VI_1) Changing effective priority from 100 to 80')
    writeFileSync(join(folderOf(rig), 'well'), '')
    await prioritySoon(rig, 100)
  })

  test('a script without weight: FAULT with priority 0 when it fails or hangs, and back when it is well', async () => {
    const rig = await openWith(
      (folder) =>
        script('chk', `/bin/sh ${folder}/chk.sh`, 'interval 1\n  timeout 1') + instance({ lines: tracked('track_script', 'chk') }),
      (folder) => writeFileSync(join(folder, 'chk.sh'), 'exit 0\n'),
    )
    await using _ = rig
    await prioritySoon(rig, 100)
    writeFileSync(join(folderOf(rig), 'chk.sh'), 'sleep 60 & wait\n')
    await prioritySoon(rig, 0)
    await logs(rig.dut, 'VRRP_Script(chk) timed out')
    await logs(rig.dut, '(VI_1) Entering FAULT STATE')
    writeFileSync(join(folderOf(rig), 'chk.sh'), 'exit 0\n')
    await prioritySoon(rig, 100)
    await rig.dut.stop()
    expect(leftOver(rig)).toEqual([])
  })

  test.each([
    ['written to', (path: string) => writeFileSync(path, '30\n')],
    [
      'replaced',
      (path: string) => {
        writeFileSync(`${path}.new`, '30')
        renameSync(`${path}.new`, path)
      },
    ],
  ])('track_file: a number counts when it is %s, and is 0 when the file goes; init_file makes it', async (_name, write) => {
    const rig = await openWith((folder) => file(join(folder, 'number'), 'init_file 7') + instance({ lines: tracked('track_file', 'tf') }))
    await using _ = rig
    await prioritySoon(rig, 107)
    write(join(folderOf(rig), 'number'))
    await prioritySoon(rig, 130)
    rmSync(join(folderOf(rig), 'number'))
    await prioritySoon(rig, 100)
  })

  test('track_interface: its weight goes with the carrier', async () => {
    await using rig = await Rig.open({
      configuration: instance({ lines: tracked('track_interface', 'eth1 weight 10') }),
      secondSegment: true,
    })
    await prioritySoon(rig, 110)
    rig.dut.host.ip('link set eth1 down')
    await prioritySoon(rig, 100)
    rig.dut.host.ip('link set eth1 up')
    await prioritySoon(rig, 110)
  })

  // keepalived hears of processes only in the first network namespace.
  test.skipIf(isKeepalived)(
    'track_process: its weight goes with the process, its quorum is told, and a fault ends when it is back',
    async () => {
      const rig = await openWith((folder) => {
        copyFileSync('/bin/sleep', join(folder, 'worker'))
        chmodSync(join(folder, 'worker'), 0o755)
        return (
          `vrrp_track_process tp {\n process ${folder}/worker 600\n weight 10\n}\n` +
          `vrrp_track_process tq {\n process ${folder}/worker 601\n}\n` +
          instance({ lines: ['track_process {', 'tp', 'tq weight 5', '}'] })
        )
      })
      await using _ = rig
      const start = (seconds: number) => rig.dut.host.spawn([join(folderOf(rig), 'worker'), String(seconds)])
      await prioritySoon(rig, 100)
      const first = start(600)
      await prioritySoon(rig, 110)
      await logs(rig.dut, 'Quorum gained for tracked process tp')
      const second = start(600)
      const other = start(601)
      await prioritySoon(rig, 115)
      first.child.kill('SIGKILL')
      other.child.kill('SIGKILL')
      await prioritySoon(rig, 110)
      second.child.kill('SIGKILL')
      await prioritySoon(rig, 100)
      await logs(rig.dut, 'Quorum lost for tracked process tp')
      await rig.dut.stop()
    },
  )

  test('a reload keeps what is known of a script, and of a master', async () => {
    const text = (folder: string, weight: number): string =>
      script('chk', `/bin/test -e ${folder}/well`, 'interval 0.2') + instance({ lines: tracked('track_script', `chk weight ${weight}`) })
    const rig = await openWith((folder) => text(folder, -20))
    await using _ = rig
    await prioritySoon(rig, 80)
    writeFileSync(rig.configuration, text(folderOf(rig), -30))
    rig.dut.signal('SIGHUP')
    await prioritySoon(rig, 70)
    expect(rig.adverts().every(({ priority }) => priority !== 0)).toBe(true)
  })
})

test('F28 fifty scripts a second, every tenth of them slow: adverts leave as if there were none', async () => {
  const without = await errors([])
  const names = Array.from({ length: 50 }, (_, number) => `s${number}`)
  const withScripts = await errors(names)
  console.log(`advert interval error in ms, without scripts: ${told(without)}; with fifty a second: ${told(withScripts)}`)
  expect(at(withScripts, 0.5)).toBeLessThan(0.002)
  expect(at(withScripts, 0.95)).toBeLessThan(at(without, 0.95) + 0.01)
})

/** How far the gaps between adverts of a master at 100 ms are from that, over ten seconds, in rising order. */
async function errors(names: readonly string[]): Promise<readonly number[]> {
  const scripts = names.map((name, number) => script(name, number % 10 === 0 ? '/bin/sleep 0.5' : '/bin/true', 'interval 1\n  weight 1'))
  const tracking = names.length === 0 ? [] : ['track_script {', ...names, '}']
  const rig = await openWith(() => scripts.join('') + instance({ interval: 0.1, lines: ['version 3', ...tracking] }))
  await using _ = rig
  // Most have succeeded, so they do run.
  await rig.advert({ seconds: 9, where: ({ priority }) => priority > 100 + names.length * 0.8 - 1 })
  const since = wallClock()
  await pause(10)
  const times = rig.adverts(since).map((advert) => advert.at)
  expect(times.length).toBeGreaterThanOrEqual(98)
  return times
    .slice(1)
    .map((time, index) => Math.abs(time - (times[index] ?? 0) - 0.1))
    .toSorted((a, b) => a - b)
}

const at = (sorted: readonly number[], share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN
const told = (sorted: readonly number[]): string => [0.5, 0.95, 1].map((share) => (at(sorted, share) * 1e3).toFixed(2)).join(' / ')

/** Processes that still run something from the folder of the rig. */
function leftOver(rig: Rig): readonly string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return command.includes(`${folderOf(rig)}/chk.sh`) ? [command] : []
      } catch {
        return []
      }
    })
}
