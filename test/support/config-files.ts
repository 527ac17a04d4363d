import { resolve } from 'node:path'
import { fail, ok } from '../../src/base/result.ts'
import type { AgentConfig } from '../../src/config/agent-config.ts'
import { globPaths } from '../../src/config/glob.ts'
import { load } from '../../src/config/load.ts'
import type { ComparingReader, ReadError, Reader } from '../../src/config/reader.ts'
import { host } from './config-text.ts'

/** A file's text or bytes, or why it cannot be read. */
export type FileContent = string | Uint8Array | { readonly error: ReadError }

export const MAIN = '/etc/keepalived/keepalived.conf'

/** A host whose files are these; a path that begins with none of their folders does not exist. */
export function readerOf(files: Readonly<Record<string, FileContent>>, more: Partial<Omit<Reader, 'readFile'>> = {}): ComparingReader {
  const paths = Object.keys(files)
  const list = (folder: string): readonly string[] | undefined => {
    const prefix = folder === '/' ? '/' : `${folder}/`
    const names = paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length).split('/')[0] ?? '')
    return names.length === 0 ? undefined : [...new Set(names)]
  }
  const exists = (path: string): boolean => files[path] !== undefined || list(path) !== undefined
  return {
    ...host,
    absolute: (path, folder) => resolve(folder ?? '/', path),
    readFile(path) {
      const content = files[path]
      if (content === undefined) return fail(exists(path) ? 'directory' : 'missing')
      if (typeof content === 'string') return ok(Buffer.from(content))
      return content instanceof Uint8Array ? ok(Buffer.from(content)) : fail(content.error)
    },
    glob: (pattern) => globPaths(pattern, { list, exists }),
    ...more,
  }
}

export interface LoadMore {
  readonly files?: Readonly<Record<string, FileContent>>
  readonly reader?: Partial<Reader>
  readonly configId?: string
  readonly allChecks?: boolean
  /** As `-t`, unless said otherwise. */
  readonly test?: boolean
}

/** Loads a text as the main file. */
export function loadText(
  text: string | Uint8Array,
  { files = {}, reader = {}, configId, allChecks = false, test = true }: LoadMore = {},
): AgentConfig {
  return load(MAIN, readerOf({ [MAIN]: text, ...files }, reader), { configId, allChecks, test })
}

/** `line code` of each finding about a line, `code` of those about a whole object. */
export const codesOf = ({ diagnostics }: AgentConfig): readonly string[] =>
  diagnostics.map(({ scope, at, code }) => (scope === 'whole' ? code : `${at.line} ${code}`))

/** A vrrp_instance that has nothing wrong, with more lines in it. */
export const instanceText = (lines = '', name = 'VI_1', vrid = 51): string =>
  `vrrp_instance ${name} {\n  interface eth0\n  virtual_router_id ${vrid}\n  virtual_ipaddress {\n    192.0.2.10/24\n  }\n${lines}\n}\n`
