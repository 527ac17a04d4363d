import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { confPath } from './corpus.ts'
import type { Row } from './corpus-reader.ts'

/** Seconds for one file; the real program hangs on some. */
const PATIENCE = 10

/**
 * What Debian's keepalived on this machine says of rows of a corpus: its exit status of `-t`. Each row is tried on the host
 * that its verdict was taken on, as far as namespaces can make it: name, interfaces, addresses, named namespaces, /etc/keepalived.
 * Rows of the same host share one. Needs root.
 */
export async function liveVerdicts(rows: readonly Row[], folder: string): Promise<ReadonlyMap<Row, number>> {
  const hosts = new Map<string, Row[]>()
  for (const row of rows) {
    const key = JSON.stringify([row.interfaces, row.addresses, row.netns, row.environ, row.mount])
    hosts.set(key, [...(hosts.get(key) ?? []), row])
  }
  const verdicts = new Map<Row, number>()
  const waiting = [...hosts.values()]
  const work = async (): Promise<void> => {
    for (let rows = waiting.pop(); rows !== undefined; rows = waiting.pop())
      for (const [, at = '', code = ''] of (await onHost(rows, folder)).matchAll(/^=(\d+) (\d+)$/gm)) {
        const row = rows[Number(at)]
        if (row !== undefined) verdicts.set(row, Number(code))
      }
  }
  await Promise.all([work(), work()])
  return verdicts
}

async function onHost(rows: readonly Row[], folder: string): Promise<string> {
  const [first] = rows
  if (first === undefined) return ''
  const script = [...hostScript(first, folder), ...rows.map((row, at) => rowScript(row, at, folder))].join('\n')
  const environment = { ...process.env, LC_ALL: 'C', ...first.environ }
  const child = spawn('unshare', ['--net', '--mount', '--uts', 'sh'], { stdio: ['pipe', 'pipe', 'ignore'], env: environment })
  child.stdin.end(script)
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  await new Promise((resolve) => child.once('close', resolve))
  return output
}

function hostScript({ interfaces, addresses, netns, mount }: Row, folder: string): readonly string[] {
  const network = [
    'link set lo up',
    ...interfaces.flatMap((name) => [`link add ${name} type bridge`, `link set ${name} up`]),
    ...addresses.map(([name, address]) => `addr add ${address} dev ${name}${address.includes(':') ? ' nodad' : ''}`),
  ]
  return [
    'hostname vm; mount --make-rprivate /; mkdir -p /run/netns /etc/keepalived; mount -t tmpfs tmpfs /run/netns',
    ...(mount === undefined ? [] : [`mount --bind ${quote(resolve(folder, mount.dir))} /etc/keepalived`]),
    `ip -force -batch - >/dev/null 2>&1 <<'NETWORK'\n${network.join('\n')}\nNETWORK`,
    ...netns.map((name) => `touch /run/netns/${name}; mount --bind /proc/self/ns/net /run/netns/${name}`),
    `cd ${quote(folder)}`,
  ]
}

function rowScript(row: Row, at: number, folder: string): string {
  const argv = ['keepalived', '-t', ...row.args, '-f', confPath(row, folder) ?? '/absent']
  return `timeout -k 1 ${PATIENCE} ${argv.map(quote).join(' ')} >/dev/null 2>&1 </dev/null; echo "=${at} $?"`
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
