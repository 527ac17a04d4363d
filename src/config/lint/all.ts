import type { Diagnostic } from '../diagnostic.ts'
import { checkOutlastsLoop } from './check-outlasts-loop.ts'
import { type Lint, runLint, type Subject } from './lint.ts'
import { mailToNobody } from './mail-to-nobody.ts'
import { nopreemptMaster } from './nopreempt-master.ts'
import { scriptFlaps } from './script-flaps.ts'
import { scriptRefused } from './script-refused.ts'
import { strictUnreachable } from './strict-unreachable.ts'
import { uncheckedServer } from './unchecked-server.ts'
import { unicastSource } from './unicast-source.ts'
import { vridTwice } from './vrid-twice.ts'
import { weightWithoutEffect } from './weight-without-effect.ts'

/** Traps that one file shows; those of a pair are in explain/. */
export const LINTS: readonly Lint[] = [
  nopreemptMaster,
  strictUnreachable,
  unicastSource,
  vridTwice,
  weightWithoutEffect,
  scriptRefused,
  scriptFlaps,
  uncheckedServer,
  checkOutlastsLoop,
  mailToNobody,
]

/** Status of `-t --lint` where keepalived would end with 0, and a trap was found. */
export const LINT_FOUND = 3

export const lint = (subject: Subject): readonly Diagnostic[] => LINTS.flatMap((one) => runLint(one, subject))
