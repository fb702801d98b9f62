/** What some tests need of the system: false where it is there, else what is missing and how to have it, as their reason to skip. */
import { spawnSync } from 'node:child_process'
import { findQuotaMethod } from '../fleet/quota/quota.ts'

type Skip = false | string

/** A mount of one's own. */
export const ownDisk: Skip =
  spawnSync('unshare', ['-Urm', 'true']).status === 0
    ? false
    : 'needs a disk of its own, and so `unshare -Urm`, which this system forbids or lacks: run as root, or let users have namespaces (sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces above 0 and kernel.apparmor_restrict_unprivileged_userns=0, as far as they are there; in a container --security-opt seccomp=unconfined)'

export const linuxProcesses: Skip =
  process.platform === 'linux'
    ? false
    : 'needs the /proc of Linux, in which it looks for processes: run it there'

/** A control group with a CPU quota. */
export function cpuQuotas(): Skip {
  const { problem } = findQuotaMethod()
  return problem === null
    ? false
    : `needs a control group with a CPU quota (${problem}): run as root where /sys/fs/cgroup is writable, or have one delegated (systemd-run --user --scope -p Delegate=yes npm test; in a container --privileged)`
}

export const NO_DEV_FULL =
  'needs the device /dev/full, which Linux has: mknod -m 666 /dev/full c 1 7 makes it where it was left out'
