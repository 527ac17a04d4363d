import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { setns } from 'linux-syscalls'
import { hostWorld } from '../../../src/admin/ipvs/host.ts'
import { runIpvs } from '../../../src/admin/ipvs/run.ts'
import { runRealServer } from '../../../src/admin/realserver/run.ts'
import { attempt, ip, run } from '../../lab/command.ts'
import { release } from '../../lab/program.ts'
import { Report } from '../../lab/report.ts'
import { COMMANDS } from './ipvsadm-commands.ts'

// Our ipvsadm after the real one: the same commands on the same empty table, and byte for byte the same answers. Both in one network
// namespace, for its address in memory is part of the kernel's order.
interface Answer {
  readonly status: number
  readonly out: string
  readonly err: string
}

const folder = mkdtempSync(join(tmpdir(), 'vk-ipvsadm-'))
const namespace = `vkadm${process.pid}`
attempt(['modprobe', '-a', 'ip_vs', 'dummy'])
run(['ip', 'netns', 'add', namespace])
ip(namespace, ['link set lo up', 'link add d0 type dummy', 'link set d0 up multicast on', 'addr add 10.9.9.1/24 dev d0'])
if (setns(`/run/netns/${namespace}`) < 0) throw new Error('no namespace')
const report = new Report((line) => process.stdout.write(`${line}\n`))

/** All in one shell: a process of its own for each would take longer than the work. */
function askReal(commands: readonly (readonly string[])[]): readonly Answer[] {
  const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`
  const file = (i: number, part: string): string => join(folder, `${i}.${part}`)
  const script = commands.map(
    (words, i) => `ipvsadm ${words.map(quote).join(' ')} >${file(i, 'o')} 2>${file(i, 'e')} </dev/null; echo $? >${file(i, 's')}`,
  )
  writeFileSync(join(folder, 'script'), script.join('\n'))
  run(['sh', join(folder, 'script')], { seconds: 120 })
  const read = (i: number, part: string): string => readFileSync(file(i, part), 'utf8')
  return commands.map((_, i) => ({ status: Number(read(i, 's')), out: read(i, 'o'), err: read(i, 'e') }))
}

async function askOurs(words: readonly string[], input = ''): Promise<Answer> {
  let out = ''
  let err = ''
  const status = await runIpvs('ipvsadm', words, {
    ...world,
    input: () => input,
    print: (text) => {
      out += text
    },
    complain: (text) => {
      err += text
    },
  })
  return { status, out, err }
}

const real = askReal(COMMANDS)
for (const words of ['-C', '--stop-daemon master', '--set 900 120 300']) attempt(['ipvsadm', ...words.split(' ')])
const world = hostWorld()

await report.step(`${COMMANDS.length} commands: the same bytes and the same status`, async () => {
  const differing: string[] = []
  for (const [i, words] of COMMANDS.entries()) {
    const answer = await askOurs(words)
    if (JSON.stringify(answer) !== JSON.stringify(real[i]))
      differing.push(`${words.join(' ')}: ${JSON.stringify(answer)} for ${JSON.stringify(real[i])}`)
  }
  return { ok: differing.length === 0, seen: differing.join('\n') }
})
const saved = await askOurs(['-S', '-n'])
await report.step('what we save the real one restores', () => {
  run(['ipvsadm', '-C'])
  run(['ipvsadm', '-R'], { input: saved.out })
  const again = run(['ipvsadm', '-S', '-n'])
  return { ok: again === saved.out && again.includes('-A -t'), seen: again === saved.out ? '' : again }
})
await report.step('what the real one saves we restore', async () => {
  const rules = run(['ipvsadm', '-S', '-n'])
  await askOurs(['-C'])
  const { status, err } = await askOurs(['-R'], rules)
  return { ok: status === 0 && err === '' && run(['ipvsadm', '-S', '-n']) === rules, seen: err }
})
await report.step('a connection, and what it is counted as, is shown alike', async () => {
  ip(undefined, ['addr add 192.0.2.1/32 dev lo'])
  await askOurs(['-A', '-t', '192.0.2.1:9'])
  await askOurs(['-a', '-t', '192.0.2.1:9', '-r', '127.0.0.1:9', '-m'])
  // Refused, but counted.
  attempt(['curl', '-s', '-m', '2', 'http://192.0.2.1:9/'])
  const untimed = (text: string): string => text.replace(/\d\d:\d\d/g, '--:--')
  const both = async (...words: readonly string[]) => [untimed((await askOurs(words)).out), untimed(run(['ipvsadm', ...words]))] as const
  const alike = async (words: readonly string[], shown: RegExp): Promise<boolean> => {
    const [mine, their] = await both(...words)
    return mine === their && shown.test(mine)
  }
  // The kernel adds its counters up every other second, and a state may change between one look and the next.
  for (let round = 0; round < 60; round++) {
    const connections = await alike(['-Lnc'], / 192\.0\.2\.1:9 +127\.0\.0\.1:9/)
    if (connections && (await alike(['-Ln', '--stats', '-t', '192.0.2.1:9'], /^TCP {2}192\.0\.2\.1:9 +1 +1 +1 +60 +40$/m)))
      return { ok: true }
    await sleep(200)
  }
  return { ok: false, seen: [...(await both('-Lnc')), ...(await both('-Ln', '--stats', '-t', '192.0.2.1:9'))].join('\n') }
})
await report.step('`vipkeeper ipvs`, and `ipvsadm` and `ipvsadm-save` as names of the program', () => {
  const link = (name: string): string => {
    symlinkSync(release(), join(folder, name))
    return join(folder, name)
  }
  // Not what is listed: connections expire between one look and the next.
  const rules = run(['ipvsadm', '-S', '-n'])
  const ways = [
    [release(), 'ipvs', '-S', '-n'],
    [link('ipvsadm'), '-S', '-n'],
    [link('ipvsadm-save'), '-n'],
  ]
  const differing = ways.filter((argv) => run(argv) !== rules)
  return { ok: differing.length === 0, seen: differing.join('; ') }
})
await report.step('LVS-TUN: `realserver up` makes tunl0 a place for the virtual address, `down` leaves no trace', () => {
  const conf = join(folder, 'tun.conf')
  writeFileSync(conf, 'virtual_server 192.0.2.60 80 {\n protocol TCP\n lvs_method TUN\n real_server 10.9.9.1 80 {\n weight 1\n }\n}\n')
  const said: string[] = []
  const output = { print: (text: string) => void said.push(text), complain: (text: string) => void said.push(text) }
  const call = (...words: readonly string[]): number => runRealServer(words, output, join(folder, 'ledger'))
  const state = (): string =>
    run([
      'sh',
      '-c',
      'ip -o address show up | grep -v " lo "; cd /proc/sys/net/ipv4/conf; grep . all/arp_ignore all/arp_announce tunl0/rp_filter',
    ])
  attempt(['modprobe', 'ipip'])
  const before = state()
  const ready = call('up', '--conf', conf) === 0 && call('check', '--conf', conf) === 0
  const held = state()
  const undone = call('down') === 0 && state() === before
  return {
    ok: ready && undone && / tunl0 +inet 192\.0\.2\.60\/32 /.test(held) && /arp_ignore:1\n.*arp_announce:2\n/.test(held),
    seen: said.join('').replaceAll('\n', '; '),
  }
})
attempt(['ip', 'netns', 'del', namespace])
process.exitCode = report.end() ? 0 : 1
