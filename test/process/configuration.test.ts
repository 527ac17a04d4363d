import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Configuration, ConfigurationSource, type LoadOutcome } from '../../src/process/configuration.ts'
import { parseCommandLine } from '../../src/process/options.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vk-configuration-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function sourceOf(...words: readonly string[]): ConfigurationSource {
  const command = parseCommandLine(words)
  if (command.kind !== 'run') throw new Error(command.kind)
  return new ConfigurationSource(command.options, join(folder, 'k.conf'))
}
function source(...words: readonly string[]): (text: string) => LoadOutcome {
  const made = sourceOf(...words)
  return (text) => {
    writeFileSync(join(folder, 'k.conf'), text)
    return made.load()
  }
}
function configuration(text: string, ...words: readonly string[]): Configuration {
  const outcome = source(...words)(text)
  if (outcome.kind !== 'usable') throw new Error(JSON.stringify(outcome.lines))
  return outcome.configuration
}
const globals = (...lines: readonly string[]): string => `global_defs {\n${lines.join('\n')}\n}\n`

describe('files of a process', () => {
  test('umask, and -u before it, say who may read dumps; else nobody else may', () => {
    const modes = (text: string, ...words: readonly string[]) => {
      const { umask, dumps } = configuration(text, ...words)
      return [umask, dumps.mode]
    }
    expect(modes('')).toEqual([undefined, 0o600])
    expect(modes(globals('umask 022'))).toEqual([0o022, 0o644])
    expect(modes(globals('umask 022'), '-u027')).toEqual([0o027, 0o640])
  })

  test('state_dump_file and data_use_instance name dumps; an instance cannot lead out of its folder', () => {
    const { dumps } = configuration(`instance a/../b\n${globals('state_dump_file /run/x.data', 'data_use_instance')}`)
    expect(dumps).toEqual({ stateFile: '/run/x.data', label: 'a_.._b', mode: 0o600 })
    expect(configuration('instance a\n').dumps.label).toBe('')
  })

  test('reload_file alone lies beside the pid file, with a path there', () => {
    expect(configuration('').reloadFile).toBeUndefined()
    expect(configuration(globals('reload_file')).reloadFile).toBe('/run/keepalived.reload')
    expect(configuration(globals('reload_file'), '-p', '/run/x/a.pid').reloadFile).toBe('/run/x/a.reload')
    expect(configuration(globals('reload_file /run/mark')).reloadFile).toBe('/run/mark')
  })

  test('instance, use_pid_dir: pid files in a folder of their own', () => {
    expect(configuration('use_pid_dir\n').pidFiles.vrrp).toBe('/run/keepalived/vrrp.pid')
    expect(configuration('instance a\n').pidFiles.checker).toBe('/run/keepalived/checkers_a.pid')
  })
})

describe('config_save_dir', () => {
  test('keeps what was read, a file for the start and one for each reload, for nobody else to read', () => {
    const reload = source()
    const text = globals(`config_save_dir ${folder}`, '$A=1', 'vrrp_version 3')
    reload(text)
    reload(text)
    const saved = (count: number): string => join(folder, `keepalived.conf.${process.pid}.${count}`)
    expect(readFileSync(saved(1), 'utf8')).toBe(`# ${folder}/k.conf\nglobal_defs\n{\nconfig_save_dir ${folder}\nvrrp_version 3\n}\n`)
    expect(statSync(saved(0)).mode & 0o777).toBe(0o600)
  })
  test('a folder that is not there stops nobody', () => expect(configuration(globals('config_save_dir /no/such')).duties.size).toBe(0))
})

test('random_seed, stats_dump_file, json_dump_file and tmp_config_directory change nothing, as in keepalived', () => {
  const lines = ['random_seed 5', 'stats_dump_file /run/s', 'json_dump_file /run/j', `tmp_config_directory ${folder}`]
  expect(configuration(globals(...lines))).toEqual(configuration(globals()))
  expect(readdirSync(folder)).toEqual(['k.conf'])
})

describe('how processes run', () => {
  test('vrrp_cpu_affinity, vrrp_rlimit_rttime, vrrp_rt_priority, vrrp_priority, vrrp_no_swap', () => {
    const lines = ['vrrp_cpu_affinity 0', 'vrrp_rlimit_rttime 20000', 'vrrp_rt_priority 10', 'vrrp_priority -5', 'vrrp_no_swap']
    const { vrrp, checker } = configuration(globals(...lines)).scheduling
    expect(vrrp).toMatchObject({ cpuAffinity: [0], rlimitRttime: 20_000, realtimePriority: 10, priority: -5, noSwap: true })
    expect(checker).toMatchObject({ cpuAffinity: [], rlimitRttime: undefined, realtimePriority: 0, priority: 0, noSwap: false })
  })

  test('reload_time_file, reload_repeat', () => {
    expect(configuration('').reloadTime).toBeUndefined()
    expect(configuration(globals('reload_time_file /run/t')).reloadTime).toEqual({ path: '/run/t', repeat: false })
    expect(configuration(globals('reload_time_file /run/t', 'reload_repeat')).reloadTime).toEqual({ path: '/run/t', repeat: true })
  })

  test('-s is entered, whatever the file says', () => {
    const namespaceOf = (...words: readonly string[]): string | undefined => {
      writeFileSync(join(folder, 'k.conf'), 'net_namespace green\n')
      const made = sourceOf(...words)
      made.load()
      return made.namespace
    }
    expect([namespaceOf(), namespaceOf('-s', 'blue')]).toEqual(['green', 'blue'])
  })
})

describe('reload_check_config', () => {
  const bad = 'vrrp_script a {\n  interval x\n}\n'

  test('an error that the running configuration has too is taken without it, and refused with it', () => {
    const reload = source()
    reload(bad)
    expect(reload(bad).kind).toBe('usable')
    const checked = source()
    checked(globals('reload_check_config') + bad)
    const refused = checked(bad)
    expect(refused.kind).toBe('unusable')
    expect(refused.lines.at(-1)?.text).toBe('reload_check_config: the new configuration has 2 errors')
    expect(checked(globals()).kind).toBe('usable')
  })

  test('writes what it finds into the file that it names', () => {
    const file = join(folder, 'findings')
    const reload = source()
    reload(globals(`reload_check_config ${file}`))
    expect(existsSync(file)).toBe(false)
    reload(bad)
    expect(readFileSync(file, 'utf8')).toMatch(/k\.conf:2:\d+: 'x' /)
  })

  test('writes nothing of what is only worth a line in the log', () => {
    const file = join(folder, 'findings')
    const reload = source()
    const instance = 'vrrp_instance VI_1 {\n interface lo0\n virtual_router_id 1\n notify /nosuch/script\n}\n'
    const text = globals(`reload_check_config ${file}`, 'dynamic_interfaces') + instance
    reload(text)
    expect(
      reload(text)
        .lines.map((line) => line.text)
        .join('\n'),
    ).toContain('Script /nosuch/script cannot be accessed')
    expect(existsSync(file) ? readFileSync(file, 'utf8') : '').not.toContain('/nosuch/script')
  })
})

test('a rehearsal of a reload changes nothing, also when the file has changed meanwhile', () => {
  const text = (weight: number): string =>
    [1, 2, 3]
      .map(
        (n) =>
          `virtual_server 192.0.2.${n} 80 {\n  lvs_sched rr\n  lvs_method NAT\n  protocol TCP\n  real_server 198.51.100.1 80 {\n    weight ${weight}\n  }\n}\n`,
      )
      .join('')
  const made = sourceOf()
  const weights = (outcome: LoadOutcome): readonly unknown[] => {
    const duty = outcome.kind === 'usable' ? outcome.configuration.duties.get('checker') : undefined
    return duty?.role === 'checker' ? duty.config.virtualServers.flatMap(({ realServers }) => realServers.map(({ weight }) => weight)) : []
  }
  const path = join(folder, 'k.conf')
  writeFileSync(path, text(1))
  expect(weights(made.load())).toEqual([1, 1, 1])
  writeFileSync(path, text(2))
  made.rehearse(0)
  expect(weights(made.load())).toEqual([2, 2, 2])
  rmSync(path)
  made.rehearse(1)
  writeFileSync(path, text(3))
  expect(weights(made.load())).toEqual([3, 3, 3])
})

test('the file is named at each reading, `Opening` with -D only; one that is not there is not', () => {
  const load = source('-f', './k.conf')
  const told = ({ lines }: LoadOutcome) =>
    lines.filter(({ event }) => event === 'configuration-file').map(({ text, detail }) => [text, detail])
  const both = [
    ["Opening file './k.conf'.", true],
    ['Configuration file ./k.conf', undefined],
  ]
  expect([told(load('')), told(load(''))]).toEqual([both, both])
  rmSync(join(folder, 'k.conf'))
  expect(told(sourceOf('-f', './k.conf').load())).toEqual(both.slice(0, 1))
})
