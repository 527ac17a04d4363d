/** Rows on which we differ from keepalived 2.4.3 on purpose or for now, each with the reason. */
export const DIFFERENCES: Readonly<Record<string, string>> = {
  'synthetic/436': 'a second `group` of a sync group closes the sync group there; we report it where it stands and read on',
  'real/271': 'scripts of a sync group that is removed are not counted there for script security; we name them',
  'real/624': 'after a torn block a lone `track_file` at the root is passed over there; we report the line, as at any other place',
}
