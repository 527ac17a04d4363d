import { micros } from '../base/units.ts'
import type { GlobalConfig, ProcessConfig } from './agent-config.ts'
import type { GlobalDraft } from './keywords/global-defs.ts'

const DEFAULT_NAMES = { vrrp: 'keepalived_vrrp', checker: 'keepalived_lvs', bfd: 'keepalived_bfd' } as const

/** The daemon-wide settings with their defaults. */
export function resolveGlobal(draft: GlobalDraft): GlobalConfig {
  return {
    routerId: draft.router_id,
    netNamespace: draft.net_namespace,
    netNamespaceIpvs: draft.net_namespace_ipvs,
    instance: draft.instance,
    usePidDir: draft.use_pid_dir ?? (draft.instance !== undefined || draft.net_namespace !== undefined),
    childWaitTime: draft.child_wait_time ?? 5,
    processName: draft.process_name,
    vrrp: processOf(draft, 'vrrp'),
    checker: processOf(draft, 'checker'),
    bfd: processOf(draft, 'bfd'),
    maxAutoPriority: Math.max(0, draft.max_auto_priority ?? 0),
    minAutoPriorityDelay: micros(draft.min_auto_priority_delay ?? 1_000_000),
    dynamicInterfaces: draft.dynamic_interfaces ?? 'no',
    enableScriptSecurity: draft.enable_script_security ?? false,
    scriptUser: draft.script_user === undefined ? undefined : { user: draft.script_user.user, group: draft.script_user.group },
    notificationEmail: draft.notification_email ?? [],
    notificationEmailFrom: draft.notification_email_from,
    smtpServer: draft.smtp_server,
    smtpConnectTimeout: draft.smtp_connect_timeout ?? 30,
    smtpHeloName: draft.smtp_helo_name,
    umask: draft.umask,
    reloadCheckConfig: draft.reload_check_config,
    reloadTimeFile: draft.reload_time_file,
    reloadRepeat: draft.reload_repeat ?? false,
    reloadFile: draft.reload_file,
    configSaveDir: draft.config_save_dir,
    tmpConfigDirectory: draft.tmp_config_directory,
    dataUseInstance: draft.data_use_instance ?? false,
    jsonVersion: draft.json_version === 2 ? 2 : 1,
    stateDumpFile: draft.state_dump_file,
  }
}

function processOf(draft: GlobalDraft, role: 'vrrp' | 'checker' | 'bfd'): ProcessConfig {
  return {
    name: draft[`${role}_process_name`] ?? (draft.process_names === true ? DEFAULT_NAMES[role] : draft.process_name),
    priority: draft[`${role}_priority`] ?? 0,
    realtimePriority: draft[`${role}_rt_priority`],
    cpuAffinity: draft[`${role}_cpu_affinity`] ?? [],
    noSwap: draft[`${role}_no_swap`] ?? false,
    rlimitRttime: draft[`${role}_rlimit_rttime`],
  }
}
