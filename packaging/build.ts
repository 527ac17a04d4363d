/**
 * Makes dist/: the program as it is installed. A launcher, our own copy of Node, the bundled code and the native addon; it needs
 * nothing else of the checkout, and no Node on the machine.
 */
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { VERSION } from '../src/process/version.ts'
import { compatibilityTable } from './compatibility.ts'
import { bashCompletion, zshCompletion } from './completion.ts'
import { manualPage } from './manual.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
/** `npm run build -- FOLDER` leaves the checkout's own dist/ alone. */
const [wanted = join(root, 'dist')] = process.argv.slice(2)
// A folder is emptied before it is filled, so nothing that looks like an option is taken for one.
if (wanted.startsWith('-')) {
  process.stderr.write('npm run build -- [FOLDER]\n\nMakes the program as it is installed, in FOLDER or in dist/.\n')
  process.exit(wanted === '--help' || wanted === '-h' ? 0 : 2)
}
const dist = resolve(wanted)
const lib = join(dist, 'lib')

/**
 * - SIGUSR1 asks for a dump and must never open a debugger, not even in the first milliseconds.
 * - The young generation is kept small: what a daemon makes in a turn is dead in the next, and a small nursery is a short pause. Threads
 *   that help it would compete with what it is to do. A test of a configuration pauses as it likes, and has more to do with more room.
 */
const NODE_FLAGS = ['--disable-sigusr1', '--no-flush-bytecode', '--no-warnings']

const LAUNCHER = `#!/bin/sh
# Starts vipkeeper ${VERSION} with the Node that came with it, whatever the machine or the environment has.
self=$(readlink -f -- "$0") || exit 1
lib=\${self%/*}/lib
unset NODE_OPTIONS NODE_PATH NODE_CHANNEL_FD NODE_V8_COVERAGE
VIPKEEPER_CALLED_AS=$0
export VIPKEEPER_CALLED_AS
case " $*" in
  *" -t"* | *" --config-test"*) flags='--min-semi-space-size=4 --max-semi-space-size=4' ;;
  *) flags='--max-semi-space-size=1 --single-threaded-gc --no-turbofan' ;;
esac
# shellcheck disable=SC2086
exec "$lib/node" $flags ${NODE_FLAGS.join(' ')} "$lib/main.js" "$@"
`

const ADDON = join(root, 'src/linux-syscalls/build/Release/linux_syscalls.node')

async function main(): Promise<void> {
  if (!existsSync(ADDON)) throw new Error(`${ADDON} is missing: run \`npm run setup\` first`)
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(lib, { recursive: true })
  await build({
    entryPoints: { main: join(root, 'src/main.ts'), 'log-thread': join(root, 'src/process/log-thread.ts') },
    outdir: lib,
    bundle: true,
    // Each role is a chunk of its own: axios is loaded by the checker only, pino by the logging thread only.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    conditions: ['source'],
    legalComments: 'linked',
    minifyWhitespace: true,
    minifySyntax: true,
    // What is CommonJS among the dependencies asks for Node's own modules by \`require\`.
    banner: { js: "import { createRequire as requireFrom } from 'node:module';const require = requireFrom(import.meta.url);" },
    logLevel: 'warning',
  })
  writeFileSync(join(lib, 'package.json'), '{ "type": "module" }\n')
  copyFileSync(ADDON, join(lib, 'linux_syscalls.node'))
  copyFileSync(realpathSync(process.execPath), join(lib, 'node'))
  chmodSync(join(lib, 'node'), 0o755)
  writeFileSync(join(dist, 'vipkeeper'), LAUNCHER, { mode: 0o755 })
  writeDocuments()
  for (const name of ['vipkeeper.service', 'vipkeeper-realserver.service', 'install.sh'])
    cpSync(join(root, 'packaging', name), join(dist, name))
  copyFileSync(join(root, 'LICENSE'), join(dist, 'LICENSE'))
  copyFileSync(join(root, `node_modules/node-linux-${process.arch}/LICENSE`), join(lib, 'LICENSE.node'))
  const conf = join(root, 'conf')
  if (existsSync(conf)) cpSync(conf, join(dist, 'conf'), { recursive: true })
  console.log(`dist/vipkeeper ${VERSION}: Node ${process.version}, ${Math.round(statSync(join(lib, 'node')).size / 1e6)} MB with it`)
}

/** All that the keyword tables tell. */
function writeDocuments(): void {
  for (const folder of ['man', 'completion']) mkdirSync(join(dist, folder))
  writeFileSync(join(dist, 'man/keepalived.conf.5'), manualPage())
  writeFileSync(join(dist, 'completion/vipkeeper.bash'), bashCompletion())
  writeFileSync(join(dist, 'completion/_vipkeeper'), zshCompletion())
  writeFileSync(join(dist, 'KEYWORDS.md'), compatibilityTable())
}

await main()
