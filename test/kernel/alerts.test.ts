import { closeSync, constants, existsSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { until } from '../lab/observe.ts'
import type { Delivery } from '../support/mail-server.ts'
import { instance, Rig } from './harness/rig.ts'

const folderOf = (rig: Rig): string => rig.dut.host.directory
const read = (rig: Rig, name: string): string => {
  const path = join(folderOf(rig), name)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

/** `global` and `rest` are made when the host's folder is known. */
async function openWith(
  plan: (folder: string) => { readonly global: string; readonly rest: string },
  before?: (rig: Rig) => Promise<void>,
) {
  const rig = await Rig.open({ configuration: '', start: false })
  const { global, rest } = plan(folderOf(rig))
  writeFileSync(rig.configuration, `global_defs {\n  script_user root\n  ${global}\n}\n${rest}`)
  await before?.(rig)
  rig.start()
  await rig.ready()
  return rig
}

/** A mail server on the tester. */
async function mailServer(rig: Rig, ...more: readonly string[]): Promise<void> {
  const script = join(import.meta.dirname, 'harness/mail-server.ts')
  const file = join(folderOf(rig), 'mail')
  rig.tester.spawn([process.execPath, '--conditions=source', script, '192.0.2.1', '25', file, ...more])
  await until(() => existsSync(file), 20, 0.02)
}
const deliveries = (rig: Rig): readonly Delivery[] =>
  read(rig, 'mail')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Delivery)

describe.concurrent('mail', () => {
  test('smtp_alert of an instance and of its group: keepalived’s envelope, headers and words, for each state but faults with no_email_faults', async () => {
    const global = `router_id R1
  notification_email {
    ops@example.org
    two@example.org
  }
  notification_email_from ka@example.org
  smtp_server 192.0.2.1
  smtp_helo_name node1.example.org
  smtp_alert
  no_email_faults`
    const silent = instance({ name: 'VI_2', vrid: 52, addresses: ['192.0.2.20'], lines: ['smtp_alert off'] })
    await using rig = await openWith(
      () => ({ global, rest: `vrrp_sync_group G1 {\n  group {\n    VI_1\n  }\n}\n${instance()}${silent}` }),
      mailServer,
    )
    const bodies = (): readonly string[] => deliveries(rig).map(({ text }) => /^Subject: .*|^=> .*/gm.exec(text)?.[0] ?? text)
    const has = async (count: number): Promise<void> => {
      await until(() => deliveries(rig).length >= count, 15, 0.05)
      expect(deliveries(rig).length, rig.dut.log.slice(-1500)).toBe(count)
    }
    await has(2)
    await rig.promote()
    await has(4)
    rig.dut.host.ip('link set eth0 down')
    await until(() => /VI_1\) Entering FAULT STATE/.test(rig.dut.log), 5, 0.02)
    rig.dut.host.ip('link set eth0 up')
    await has(8)
    const subjects = (state: string): string[] => [
      `Subject: [R1] VRRP Group G1 - Entering ${state} state`,
      `Subject: [R1] VRRP Instance VI_1 - Entering ${state} state`,
    ]
    const twice = [...subjects('BACKUP'), ...subjects('MASTER')]
    expect(bodies().toSorted()).toEqual([...twice, ...twice].toSorted())
    const master = deliveries(rig).find(({ text }) => /Instance VI_1 - Entering MASTER/.test(text))
    expect(master?.commands.map((line) => line.replace(/^EHLO/, 'HELO'))).toEqual([
      'HELO node1.example.org',
      'MAIL FROM:<ka@example.org>',
      'RCPT TO:<ops@example.org>',
      'RCPT TO:<two@example.org>',
      'DATA',
    ])
    expect(master?.text.split('\r\n')).toEqual([
      expect.stringMatching(/^Date: [A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/),
      'From: ka@example.org',
      'Subject: [R1] VRRP Instance VI_1 - Entering MASTER state',
      'X-Mailer: Keepalived',
      'To: ops@example.org, two@example.org',
      '',
      '=> VRRP Instance is now owning VRRP VIPs <=',
      '',
      '',
    ])
    const told = (who: string): string | undefined =>
      /^=> .*/m.exec(deliveries(rig).find(({ text }) => text.includes(who))?.text ?? '')?.[0]
    expect(told('Instance VI_1 - Entering BACKUP')?.trim()).toBe('=> VRRP Instance is no longer owning VRRP VIPs <=')
    expect(told('Group G1 - Entering MASTER')?.trim()).toBe('=> All VRRP group instances are now in MASTER state <=')
  })
})

describe.concurrent('pipes', () => {
  test('notify_fifo and its script: all events with the path as last argument; a reload starts it anew, the stop ends it', async () => {
    await using rig = await openWith((folder) => {
      writeFileSync(
        join(folder, 'reader.sh'),
        `echo "begins $*" >> ${folder}/out\ntrap 'echo ends >> ${folder}/out; exit 0' TERM
while read -r line; do echo "$line" >> ${folder}/out; done < "$2"\n`,
      )
      const script = `vrrp_script good {\n  script "/usr/bin/test ! -e ${folder}/bad"\n  interval 1\n  fall 1\n  rise 1\n  weight -20\n}\n`
      return {
        global: `notify_fifo ${folder}/fifo\n  notify_fifo_script "/bin/sh ${folder}/reader.sh mine"\n  vrrp_notify_priority_changes`,
        rest: script + instance({ lines: ['track_script {', 'good', '}'] }),
      }
    })
    const lines: string[] = []
    const says = async (...more: readonly string[]): Promise<void> => {
      lines.push(...more)
      const text = (): string => read(rig, 'out')
      await until(() => text().split('\n').length > lines.length, 15, 0.02)
      expect(text().trim().split('\n'), rig.dut.log.slice(-1500)).toEqual(lines)
    }
    const begins = `begins mine ${folderOf(rig)}/fifo`
    await says(begins, 'INSTANCE "VI_1" BACKUP 100')
    await rig.promote()
    await says('INSTANCE "VI_1" MASTER 100')
    writeFileSync(join(folderOf(rig), 'bad'), '')
    await says('INSTANCE "VI_1" MASTER_PRIORITY 80')
    rmSync(join(folderOf(rig), 'bad'))
    await says('INSTANCE "VI_1" MASTER_PRIORITY 100')
    rig.dut.signal('SIGHUP')
    // keepalived starts the new one beside the old one.
    lines.push('ends', begins)
    await until(() => read(rig, 'out').split('\n').length > lines.length, 15, 0.02)
    expect(read(rig, 'out').trim().split('\n').toSorted()).toEqual(lines.toSorted())
    lines.splice(0, lines.length, ...read(rig, 'out').trim().split('\n'))
    rig.dut.host.ip('link set eth0 down')
    await says('INSTANCE "VI_1" FAULT 100')
    await rig.dut.stop()
    expect(read(rig, 'out').trim().split('\n').at(-1)).toBe('ends')
  })
})

describe.concurrent('F35 F27 nobody who is told can delay an advert', () => {
  test('notify scripts that hang and ignore SIGTERM, a full notify_fifo that nobody reads, a smtp_server that is silent', async () => {
    const hangs = `"/bin/sh -c 'trap \\"\\" TERM; while :; do sleep 1; done'"`
    await using rig = await openWith(
      (folder) => ({
        global: `vrrp_notify_fifo ${folder}/fifo\n  smtp_server 192.0.2.1\n  notification_email {\n    a@example.org\n  }\n  smtp_alert`,
        rest: instance({ lines: [`notify_master ${hangs}`, `notify_backup ${hangs}`, `notify ${hangs}`] }),
      }),
      (opened) => mailServer(opened, 'silent'),
    )
    const fd = openSync(join(folderOf(rig), 'fifo'), constants.O_RDWR | constants.O_NONBLOCK)
    try {
      for (;;) writeSync(fd, 'x'.repeat(4096))
    } catch {
      // It is full.
    }
    const first = await rig.promote()
    await until(() => rig.adverts(first.at).length >= 5, 12, 0.1)
    closeSync(fd)
    const times = [first, ...rig.adverts(first.at)].map(({ at }) => at)
    expect(times.length).toBeGreaterThanOrEqual(6)
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? at))
    // A peer waits for three of them before it takes over.
    expect(Math.max(...gaps)).toBeLessThan(2)
  })
})
