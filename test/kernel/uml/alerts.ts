import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Director } from '../../lab/director.ts'
import { Lan } from '../../lab/lan.ts'
import { until } from '../../lab/observe.ts'
import { programNamed } from '../../lab/program.ts'
import { Report } from '../../lab/report.ts'
import type { Delivery } from '../../support/mail-server.ts'

// Who is told that servers come and go, and in which words: `alerts.ts PROGRAM`. A file decides whether the first server is up.
const report = new Report((line) => process.stdout.write(`${line}\n`))
using lan = new Lan()
const host = lan.host({ name: 'node1', nics: [{ device: 'eth0', segment: 'a', addresses: ['192.0.2.2/24'] }] })
const file = (name: string): string => join(host.directory, name)
const [up, mail, out] = ['up', 'mail', 'out'].map(file) as [string, string, string]
writeFileSync(file('reader.sh'), `exec cat -v "$1" >> ${out}\n`)
writeFileSync(
  file('keepalived.conf'),
  `global_defs {
  router_id R1
  script_user root
  notification_email {
    ops@example.org
  }
  notification_email_from ka@example.org
  smtp_server 127.0.0.1 2525
  lvs_notify_fifo ${file('fifo')}
  lvs_notify_fifo_script "/bin/sh ${file('reader.sh')}"
}
virtual_server 192.0.2.9 80 {
  delay_loop 2
  lvs_sched rr
  lvs_method NAT
  protocol TCP
  quorum 2
  smtp_alert
  alpha
  quorum_up "/bin/sh -c 'echo quorum_up >> ${out}'"
  quorum_down "/bin/sh -c 'echo quorum_down >> ${out}'"
  real_server 192.0.2.21 80 {
    notify_up "/bin/sh -c 'echo notify_up >> ${out}'"
    notify_down "/bin/sh -c 'echo notify_down >> ${out}'"
    MISC_CHECK {
      misc_path "/usr/bin/test -e ${up}"
      misc_timeout 20
      warmup 0
    }
  }
  real_server 192.0.2.22 80 {
  }
}
`,
)
const node = [process.execPath, '--conditions=source']
host.spawn([...node, `${import.meta.dirname}/../harness/mail-server.ts`, '127.0.0.1', '2525', mail], { log: 'mail-log' })
await until(() => existsSync(mail), 60)
const director = new Director({ host, program: programNamed(process.argv[2] ?? 'vipkeeper'), configuration: file('keepalived.conf') })
director.start()

const lines = (path: string): readonly string[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => /\w/.test(line))
    : []
const subjects = (): readonly string[] =>
  lines(mail).map(
    (line) =>
      /^Subject: \[R1\] (.*)\r\n(?:.*\r\n)*=> (.*) <=/m
        .exec((JSON.parse(line) as Delivery).text)
        ?.slice(1)
        .join(': ') ?? line,
  )

/** Until all has been told that is expected since the step before; scripts and lines of a pipe meet in any order. */
let told = 0
let mailed = 0
async function tells(title: string, words: readonly string[], mails: readonly string[]): Promise<void> {
  await report.step(title, async () => {
    await until(() => lines(out).length >= told + words.length && lines(mail).length >= mailed + mails.length, 40)
    const since = {
      words: lines(out)
        .slice(told)
        .map((line) => line.replace(/^\^@/, '')),
      mails: subjects().slice(mailed),
    }
    told += words.length
    mailed += mails.length
    const ok =
      since.words.toSorted().join('\n') === words.toSorted().join('\n') && since.mails.toSorted().join('\n') === mails.toSorted().join('\n')
    return { ok, seen: ok ? '' : JSON.stringify(since) }
  })
}

const server = '[192.0.2.21]:tcp:80'
const service = '[192.0.2.9]:tcp:80'
const verdict = (state: string, how: string): string =>
  `Realserver ${server} of virtual server ${service} - ${state}: MISC CHECK ${how} on service`
await tells('alpha: the first failure tells', [`RS ${server} ${service} DOWN`, 'notify_down'], [verdict('DOWN', 'failed')])
writeFileSync(up, '')
await tells(
  'a server that comes up, and the quorum with it',
  [`RS ${server} ${service} UP`, `VS ${service} UP`, 'notify_up', 'quorum_up'],
  [verdict('UP', 'succeeded'), `Virtualserver ${service} - UP: Gained quorum 2+0=2 <= 2`],
)
rmSync(up)
await tells(
  'a server that goes down, and the quorum with it',
  [`RS ${server} ${service} DOWN`, `VS ${service} DOWN`, 'notify_down', 'quorum_down'],
  [verdict('DOWN', 'failed'), `Virtualserver ${service} - DOWN: Lost quorum 2+0=2 <= 1`],
)
if (report.steps.some((step) => !step.ok)) report.detail(director.log.split('\n').slice(-25).join('\n'))
await director.stop()
process.exitCode = report.end() ? 0 : 1
