import type { Context } from '../context.ts'
import type { InstanceDraft } from '../keywords/vrrp-instance.ts'

/** What strict mode does not allow beyond the rules that have a file of their own. False: the instance cannot run. */
export function judgeStrict(draft: InstanceDraft, priority: number, context: Context): boolean {
  const say = (code: string, message: string, expected: string): void =>
    context.conclude('general', code, `(${draft.name}) ${message}`, draft.line, expected)
  if ((draft.state === 'MASTER') !== (priority === 255) && draft.state !== undefined) {
    say('strict-state', 'State MASTER must match being address owner', 'state MASTER with priority 255, and only with it')
  }
  if (draft.down_timer_adverts !== undefined && draft.down_timer_adverts !== 3)
    say('strict-down-timer', 'strict mode has down_timer_adverts 3', '3')
  if (draft.garp_lower_prio_delay !== undefined && draft.garp_lower_prio_delay !== 0)
    say('strict-garp', 'strict mode has no garp_lower_prio_delay', '0')
  if (draft.garp_lower_prio_repeat !== undefined && draft.garp_lower_prio_repeat !== 0)
    say('strict-garp', 'strict mode has no garp_lower_prio_repeat', '0')
  if (draft.lower_prio_no_advert === false) say('strict-lower-prio', 'strict mode does not answer lower adverts', 'lower_prio_no_advert on')
  if (draft.higher_prio_send_advert === true) say('strict-higher-prio', 'strict mode sends no last advert', 'higher_prio_send_advert off')
  if (draft.no_virtual_ipaddress === true) say('strict-no-address', 'strict mode needs addresses', 'virtual_ipaddress')
  if (draft.use_vmac?.mac !== undefined) say('strict-mac', 'strict mode uses the virtual MAC of the RFC', 'use_vmac without a MAC')
  if (draft.vmac_xmit_base === true) say('strict-xmit-base', 'strict mode sends from the virtual MAC', 'no vmac_xmit_base')
  if (draft.unicast_peer.length > 0 && draft.interface !== undefined && context.reader.interfaceMulticast(draft.interface) === true) {
    say('strict-unicast', 'Unicast peers are not supported in strict mode', 'multicast')
    return false
  }
  return true
}
