import { isRootsOwn } from '../rules/script-security.ts'
import type { Lint } from './lint.ts'

export const scriptRefused: Lint = {
  code: 'script-refused',
  summary: 'script security will not run what others than root could change',
  check({ parsed, reader }, say) {
    const secured = parsed.global.enable_script_security === true
    const told = new Set<string>()
    const judge = (path: string | undefined, line: Parameters<typeof say>[0], what: string): void => {
      if (path === undefined || path.startsWith('<') || told.has(path)) return
      const found = reader.script(path)
      if (found.kind === 'found' && isRootsOwn(found, parsed.global)) return
      told.add(path)
      if (found.kind === 'missing') say(line, `${what}: ${path} does not exist; the script never runs`, 'an existing file')
      else if (found.kind === 'not-executable') say(line, `${what}: ${path} is not executable; the script never runs`, 'an executable file')
      else {
        const effect = secured ? 'it is refused' : 'it is refused as soon as enable_script_security is set'
        say(
          line,
          `${what}: others than root may change ${path} or a folder above it; ${effect}`,
          'root as owner, and no write for group and others',
        )
      }
    }
    for (const { command, line, keyword } of [...parsed.vrrp.namedScripts, ...parsed.check.namedScripts]) judge(command.path, line, keyword)
    for (const script of parsed.vrrp.scripts.values()) judge(script.script?.path, script.line, `vrrp_script ${script.name}`)
  },
}
