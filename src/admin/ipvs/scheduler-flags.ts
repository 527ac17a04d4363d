/** A name for one of the three flag bits that a scheduler may use (IP_VS_SVC_F_SCHED1 and so on). */
interface SchedulerFlag {
  readonly name: string
  readonly bit: 0x08 | 0x10 | 0x20
  /** Whose flag it is; undefined: anybody's. */
  readonly scheduler: string | undefined
}

const FLAGS: readonly SchedulerFlag[] = [
  { name: 'sh-fallback', bit: 0x08, scheduler: 'sh' },
  { name: 'sh-port', bit: 0x10, scheduler: 'sh' },
  { name: 'mh-fallback', bit: 0x08, scheduler: 'mh' },
  { name: 'mh-port', bit: 0x10, scheduler: 'mh' },
  { name: 'flag-1', bit: 0x08, scheduler: undefined },
  { name: 'flag-2', bit: 0x10, scheduler: undefined },
  { name: 'flag-3', bit: 0x20, scheduler: undefined },
]

/** The bits of `FLAG,FLAG`; text is a complaint. */
export function readFlags(text: string, scheduler: string): number | string {
  let bits = 0
  for (const name of text.split(',')) {
    if (name === '') continue
    const flag = FLAGS.find((one) => one.name === name)
    if (flag === undefined) return `invalid scheduler flag \`${name}'`
    if (flag.scheduler !== undefined && flag.scheduler !== scheduler) return `incompatible scheduler flag \`${name}'`
    bits |= flag.bit
  }
  return bits
}

/** What the flags of a service are called, `sh-fallback,sh-port`; a scheduler with names of its own has no other. */
export function flagNames(scheduler: string, flags: number): string {
  const own = FLAGS.filter((flag) => flag.scheduler === scheduler)
  const known = own.length > 0 ? own : FLAGS.filter((flag) => flag.scheduler === undefined)
  return known
    .filter(({ bit }) => (flags & bit) !== 0)
    .map(({ name }) => name)
    .join(',')
}
