/** Our own version; equal to package.json's. */
export const VERSION = '0.1.0'

/** The keepalived whose command line, configuration, log lines and exit codes we keep to. */
export const KEEPALIVED_VERSION = '2.4.3'
const RELEASED = '11/21,2026'

/** Under which name the program runs: it decides titles, log identifiers and the version text. */
export type Identity = 'keepalived' | 'vipkeeper'

/** As the first start-up line has it; exporters take the second word of `-v` and drop its first character. */
export function versionString(identity: Identity): string {
  return identity === 'keepalived' ? `Keepalived v${KEEPALIVED_VERSION} (${RELEASED})` : `Vipkeeper v${VERSION} (${RELEASED})`
}

/** The text of `-v`. Programs look for `--enable-json` in it before they ask for the JSON file. */
export function versionText(identity: Identity, kernel: string): string {
  return [
    versionString(identity),
    '',
    ...(identity === 'keepalived'
      ? [`Provided by vipkeeper v${VERSION}, which is compatible with Keepalived v${KEEPALIVED_VERSION}`, '']
      : []),
    `Running on Linux ${kernel}`,
    '',
    'configure options: --enable-json --enable-regex --enable-vrrp --enable-lvs --with-init=systemd',
    '',
    'Config options:  LVS REGEX VRRP JSON INIT=systemd SYSTEMD_NOTIFY',
    '',
    'System options:  MEMFD_CREATE IPVS_TUN_TYPE IPVS_TUN_CSUM IPVS_TUN_GRE IPVS_64BIT_STATS SO_MARK',
    '',
  ].join('\n')
}
