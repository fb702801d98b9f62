/**
 * What runs beneath this process: a hypervisor, and apart from that a container. Names are those of
 * systemd-detect-virt(1), as far as it has one; the signs are those of its source (src/basic/virt.c) where files show
 * them. CPUID is not among these, so what that program says is taken as well.
 */
import { mounts } from './control-groups.ts'
import { type Tree, word } from './tree.ts'

/**
 * The hypervisor's name, 'other' where it tells none, 'none' on bare metal; null where nothing tells.
 *
 * @param told what `systemd-detect-virt --vm` says; null where it is not there
 */
export function hypervisor(tree: Tree, told: string | null = null): string | null {
  const named =
    byAcpi(tree) ??
    byXen(tree) ??
    (told === 'none' || told === 'vm-other' ? null : told) ??
    byDmi(tree) ??
    byDeviceTree(tree) ??
    byClock(tree)
  if (named !== null) return named
  const cpus = tree.text('/proc/cpuinfo') ?? ''
  if (told === 'vm-other' || /^flags\s*:.*\bhypervisor\b/m.test(cpus)) return 'other'
  // Only x86 has a flag whose absence says something.
  return told === 'none' || /^flags\s*:/m.test(cpus) ? 'none' : null
}

/** ACPI 6.5, 5.2.6: who made a table is named in its head. Only root may read them; Firecracker then looks like KVM. */
const ACPI_MAKERS = { FIRECK: 'firecracker', CLOUDH: 'cloud-hypervisor', CROSVM: 'crosvm' }

function byAcpi(tree: Tree): string | null {
  const head = ['FACP', 'APIC', 'DSDT'].map((name) =>
    tree.text(`/sys/firmware/acpi/tables/${name}`)?.slice(0, 24),
  )
  return firstOf(ACPI_MAKERS, (maker) => head.some((text) => text?.includes(maker)))
}

/** ABI/stable/sysfs-hypervisor-xen. Its first domain runs on the hardware, as far as that matters. */
function byXen(tree: Tree): string | null {
  if (word(tree, '/sys/hypervisor/type') !== 'xen' && !tree.has('/proc/xen')) return null
  const features = Number.parseInt(word(tree, '/sys/hypervisor/properties/features') ?? '0', 16)
  const isFirst =
    (features & XENFEAT_DOM0) !== 0 || word(tree, '/proc/xen/capabilities')?.includes('control_d')
  return isFirst ? null : 'xen'
}

/** The bit that only the first domain has (xen/include/public/features.h). */
const XENFEAT_DOM0 = 1 << 11

const DMI_FILES = ['product_name', 'sys_vendor', 'board_vendor', 'bios_vendor', 'product_version']
const DMI_MAKERS = {
  KVM: 'kvm',
  OpenStack: 'kvm',
  KubeVirt: 'kvm',
  'Amazon EC2': 'amazon',
  'Cloud Hypervisor': 'cloud-hypervisor',
  QEMU: 'qemu',
  VMware: 'vmware',
  VMW: 'vmware',
  'innotek GmbH': 'oracle',
  VirtualBox: 'oracle',
  Xen: 'xen',
  Bochs: 'bochs',
  Parallels: 'parallels',
  BHYVE: 'bhyve',
  'Hyper-V': 'microsoft',
  'Apple Virtualization': 'apple',
  'Google Compute Engine': 'google',
}

/** ABI/testing/sysfs-class-dmi, DSP0134. */
function byDmi(tree: Tree): string | null {
  const [product, ...others] = DMI_FILES.map((file) => word(tree, `/sys/class/dmi/id/${file}`) ?? '')
  const told = [product ?? '', ...others]
  // Rented hardware without a hypervisor is named like the machines with one.
  if (/\.metal(-|$)/.test(product ?? '')) return null
  return (
    firstOf(DMI_MAKERS, (maker) => told.some((text) => text.startsWith(maker))) ??
    // A Surface is made by Microsoft too.
    (told.includes('Virtual Machine') && told.includes('Microsoft Corporation') ? 'microsoft' : null)
  )
}

/** Strings there end in a zero byte. */
function byDeviceTree(tree: Tree): string | null {
  const compatible = tree.text('/proc/device-tree/hypervisor/compatible')
  if (compatible === null) return null
  return firstOf({ 'linux,kvm': 'kvm', xen: 'xen', vmware: 'vmware' }, (name) => compatible.includes(name))
}

/** Clocks that only a guest is given; virt/kvm/x86/timekeeping.rst. */
function byClock(tree: Tree): string | null {
  const clocks = word(tree, '/sys/devices/system/clocksource/clocksource0/available_clocksource')?.split(
    /\s+/,
  )
  const guests = { 'kvm-clock': 'kvm', hyperv_clocksource_tsc_page: 'microsoft', xen: 'xen' }
  return firstOf(guests, (clock) => clocks?.includes(clock) ?? false)
}

function firstOf(names: Record<string, string>, isIt: (sign: string) => boolean): string | null {
  return Object.entries(names).find(([sign]) => isIt(sign))?.[1] ?? null
}

/** What container managers call themselves; anything else is 'other', since they may write what they like. */
const MANAGERS = [
  ...['docker', 'podman', 'lxc', 'lxc-libvirt', 'systemd-nspawn', 'openvz', 'rkt', 'wsl', 'proot', 'pouch'],
  ...['kubernetes', 'containerd', 'crio', 'oci'],
]

/** The container's runtime or manager, 'other' where it has no name that is known, 'none' outside; null without /proc. */
export function container(tree: Tree): string | null {
  if (tree.has('/proc/vz') && !tree.has('/proc/bc')) return 'openvz'
  if (/microsoft|wsl/i.test(word(tree, '/proc/sys/kernel/osrelease') ?? '')) return 'wsl'
  const kept = byMounts(tree) ?? byGroups(tree)
  if (kept === 'kubernetes') return kept
  const told = byManager(tree)
  if (told !== null) return MANAGERS.includes(told) ? told : 'other'
  if (kept !== null) return kept
  const apart = inOtherNamespaces(tree)
  // An image keeps such a file where it is unpacked for a virtual machine, and is no container there.
  if (apart === false) return 'none'
  if (tree.has('/run/.containerenv')) return 'podman'
  if (tree.has('/.dockerenv')) return 'docker'
  return apart === null ? null : 'other'
}

/** systemd's Container Interface: three places where a manager names itself. */
function byManager(tree: Tree): string | null {
  const variable = tree
    .text('/proc/1/environ')
    ?.split('\0')
    .find((entry) => entry.startsWith('container='))
  return (
    word(tree, '/run/host/container-manager') ??
    word(tree, '/run/systemd/container') ??
    (variable?.slice('container='.length) || null)
  )
}

const ID = '[0-9a-f]{64}'

/** By what a runtime mounts into each container. */
function byMounts(tree: Tree): string | null {
  const all = mounts(tree.text('/proc/self/mountinfo') ?? '')
  if (all.some(({ point }) => /^(\/var)?\/run\/secrets\/kubernetes\.io(\/|$)/.test(point)))
    return 'kubernetes'
  const own = all.filter(({ point }) => /^\/etc\/(hosts|hostname|resolv\.conf)$/.test(point))
  const isFrom = (path: RegExp) => own.some(({ root }) => path.test(root))
  if (isFrom(/\/kubelet\/pods\/|\/io\.containerd\.grpc\.v1\.cri\//)) return 'kubernetes'
  if (isFrom(new RegExp(`/containers/${ID}/(hosts|hostname|resolv\\.conf)$`))) return 'docker'
  return isFrom(/\/overlay-containers\//) ? 'podman' : null
}

/** By the name of the control group, where no namespace hides it. */
function byGroups(tree: Tree): string | null {
  const text = tree.text('/proc/self/cgroup') ?? ''
  const signs: [RegExp, string][] = [
    [/\/kubepods/, 'kubernetes'],
    [new RegExp(`/docker[/-]${ID}`), 'docker'],
    [new RegExp(`/libpod-${ID}`), 'podman'],
    [new RegExp(`/crio-${ID}`), 'crio'],
    [new RegExp(`/cri-containerd-${ID}|/containerd/${ID}`), 'containerd'],
    [/\/lxc(\.payload[^/]*)?\//, 'lxc'],
  ]
  return signs.find(([sign]) => sign.test(text))?.[1] ?? null
}

/** Those that the kernel starts with have fixed numbers (include/linux/proc_ns.h). */
const FIRST_NAMESPACES = { pid: 0xeffffffc, cgroup: 0xeffffffb }

/** Whether this process lives in another PID or cgroup namespace than the first; null where nothing tells. */
function inOtherNamespaces(tree: Tree): boolean | null {
  const known = Object.entries(FIRST_NAMESPACES).flatMap(([name, first]) => {
    const link = tree.link(`/proc/self/ns/${name}`)
    return link === null ? [] : [link !== `${name}:[${first}]`]
  })
  return known.length === 0 ? null : known.some((other) => other)
}
