/** The signals that the parent acts on, by the names of `--signum`. glibc keeps 32 and 33 for itself, so SIGRTMIN is 34. */
export const SIGNAL_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['STOP', 15],
  ['RELOAD', 1],
  ['DATA', 10],
  ['STATS', 12],
  ['STATS_CLEAR', 63],
  ['JSON', 36],
])
