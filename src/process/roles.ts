import { release, version } from 'node:os'
import { EXIT } from './exit-codes.ts'
import { identityOf, launchOf } from './launch.ts'
import { parseCommandLine, usage } from './options.ts'
import { subcommandOf } from './subcommands.ts'
import { type Identity, versionText } from './version.ts'

/** What this process was started as: `--role NAME --title NAME` are ours alone and stand first. */
type Role = 'command' | 'daemon' | 'vrrp' | 'checker' | 'bfd'

/** Runs the role that the arguments name; the result is an exit code, or undefined if the process lives on and ends by itself. */
export async function run(calledAs: string, words: readonly string[]): Promise<number | undefined> {
  const { role, title, rest } = roleOf(words)
  if (title !== undefined) process.title = title
  switch (role) {
    case 'vrrp': {
      const { runVrrp } = await import('./vrrp.ts')
      return runVrrp()
    }
    case 'checker': {
      const { runChecker } = await import('./checker.ts')
      return runChecker()
    }
    case 'bfd': {
      const { runBfd } = await import('./bfd.ts')
      return runBfd()
    }
    case 'command':
    case 'daemon': {
      const work = role === 'command' ? subcommandOf(calledAs, rest) : undefined
      return work === undefined ? runCommand(calledAs, role, rest, title) : work()
    }
  }
}

async function runCommand(
  calledAs: string,
  role: 'command' | 'daemon',
  words: readonly string[],
  title: string | undefined,
): Promise<number | undefined> {
  const command = parseCommandLine(words)
  const identity: Identity =
    title === 'keepalived'
      ? 'keepalived'
      : identityOf(calledAs, command.kind === 'run' ? command.options.asKeepalived : words.includes('--as-keepalived'))
  switch (command.kind) {
    case 'version':
      process.stderr.write(versionText(identity, `${release()} ${version()}`))
      return EXIT.ok
    case 'help':
      process.stderr.write(usage(identity))
      return EXIT.ok
    case 'signum':
      process.stdout.write(`${command.signal}\n`)
      return EXIT.ok
    case 'refused':
      for (const message of command.messages) process.stderr.write(`${message}\n`)
      return EXIT.fatal
    case 'run':
      break
  }
  process.title = identity
  const { options, unexpected, complaints } = command
  if (role === 'command') {
    for (const complaint of complaints) process.stderr.write(`${complaint}\n`)
    if (unexpected.length > 0) process.stdout.write(`Unexpected argument(s): ${unexpected.join(' ')}\n`)
  }
  if (options.configTest.kind !== 'no') {
    const { testConfiguration } = await import('./config-test.ts')
    return testConfiguration(options, identity === 'vipkeeper' && process.stderr.isTTY === true)
  }
  const launch = launchOf(identity)
  if (role === 'command' && !options.dontFork) {
    const { daemonise } = await import('./daemonise.ts')
    return daemonise(launch, words)
  }
  const { LogThread } = await import('./log.ts')
  // While it begins, the rest is loaded.
  const thread = new LogThread()
  const { startSupervisor } = await import('./supervisor.ts')
  return startSupervisor({
    options,
    thread,
    notActedOn: command.notActedOn,
    commandLine: [identity, ...words],
    identity,
    launch,
    daemon: role === 'daemon',
  })
}

function roleOf(words: readonly string[]): { readonly role: Role; readonly title: string | undefined; readonly rest: readonly string[] } {
  if (words[0] !== '--role') return { role: 'command', title: undefined, rest: words }
  const role = words[1]
  const known = role === 'daemon' || role === 'vrrp' || role === 'checker' || role === 'bfd'
  if (!known) return { role: 'command', title: undefined, rest: words }
  return words[2] === '--title' ? { role, title: words[3], rest: words.slice(4) } : { role, title: undefined, rest: words.slice(2) }
}
