import type { CheckConfig, FileCheck, VirtualServer } from './config.ts'

/** What the number in a file means to a FILE_CHECK. */
export type FileVerdict = { readonly kind: 'fault' } | { readonly kind: 'adds'; readonly amount: number }

/** The number times the weight, within 32 bits; at the very bottom the server has failed, and with weight 0 by any number but 0. */
export function judgeFile({ weight, reverse }: FileCheck, value: number): FileVerdict {
  if (weight === 0) return (value !== 0) === reverse ? { kind: 'adds', amount: 0 } : { kind: 'fault' }
  const product = Math.max(value * weight * (reverse ? -1 : 1), lowest)
  return product === lowest ? { kind: 'fault' } : { kind: 'adds', amount: Math.min(product, highest) }
}

export type FollowedFile = Pick<FileCheck, 'path' | 'initial'>

/** The files that a configuration asks to be followed, each once. */
export function followedFiles({ virtualServers }: CheckConfig): readonly FollowedFile[] {
  const files = new Map<string, FollowedFile>()
  for (const service of virtualServers) for (const file of filesOf(service)) if (!files.has(file.path)) files.set(file.path, file)
  return [...files.values()]
}

/** A reload asks for all services again, of which few are new. */
function filesOf(service: VirtualServer): readonly FollowedFile[] {
  const known = filesOfServices.get(service)
  if (known !== undefined) return known
  const files: FollowedFile[] = []
  for (const { checkers } of service.realServers)
    for (const checker of checkers) if (checker.kind === 'FILE_CHECK') files.push({ path: checker.path, initial: checker.initial })
  const found = files.length === 0 ? NO_FILES : files
  filesOfServices.set(service, found)
  return found
}

const filesOfServices = new WeakMap<VirtualServer, readonly FollowedFile[]>()
const NO_FILES: readonly FollowedFile[] = []

const lowest = -2_147_483_648
const highest = 2_147_483_647
