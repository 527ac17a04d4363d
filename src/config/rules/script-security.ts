import type { GlobalDraft } from '../keywords/global-defs.ts'
import type { ScriptFile } from '../reader.ts'

type Found = Extract<ScriptFile, { readonly kind: 'found' }>

/** Whether root alone can change what is run: where links are followed once and for all, they do not count (`use_symlink_paths`). */
export function isRootsOwn({ secure, realSecure }: Found, { use_symlink_paths: asWritten = false }: GlobalDraft): boolean {
  return asWritten ? secure : (realSecure ?? secure)
}

/** `enable_script_security` */
export const isRefused = (found: Found, global: GlobalDraft): boolean =>
  global.enable_script_security === true && !isRootsOwn(found, global)
