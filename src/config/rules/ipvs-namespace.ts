import type { GlobalDraft } from '../keywords/global-defs.ts'

/**
 * `net_namespace_ipvs`, as a path; undefined is where everything else is. The word alone means the namespace in which the daemon was
 * started: that of the first process, for ours is another by then.
 */
export function ipvsNamespace({ net_namespace: own = '', net_namespace_ipvs: named }: GlobalDraft): { readonly ipvsNamespace?: string } {
  if (named === undefined || named === own) return {}
  return { ipvsNamespace: named === '' ? '/proc/1/ns/net' : `/run/netns/${named}` }
}
