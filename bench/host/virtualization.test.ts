/** What runs beneath made-up machines; their files are those of the kinds of machine that they are named after. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { madeUpTree } from '../testing/made-up-tree.ts'
import { container, hypervisor } from './virtualization.ts'

const DMI = '/sys/class/dmi/id'
const ACPI = '/sys/firmware/acpi/tables'
const CLOCKS = '/sys/devices/system/clocksource/clocksource0/available_clocksource'
const METAL = { '/proc/cpuinfo': 'processor\t: 0\nflags\t\t: fpu aes sse2\n' }
const GUEST = { '/proc/cpuinfo': 'processor\t: 0\nflags\t\t: fpu aes hypervisor lahf_lm\n' }
const ARM = { '/proc/cpuinfo': 'processor\t: 0\nFeatures\t: fp asimd aes\n' }

const hypervisors: [string, Record<string, string>, string | null, string | null][] = [
  ['bare metal', METAL, null, 'none'],
  ['bare metal, as systemd says too', METAL, 'none', 'none'],
  ['a guest that tells no name', GUEST, null, 'other'],
  ['a guest whose name systemd does not know', METAL, 'vm-other', 'other'],
  ['KVM, by CPUID', GUEST, 'kvm', 'kvm'],
  ['KVM without systemd, by its clock', { ...GUEST, [CLOCKS]: 'kvm-clock tsc acpi_pm \n' }, null, 'kvm'],
  [
    'Firecracker, which CPUID calls KVM',
    { ...GUEST, [`${ACPI}/FACP`]: 'FACP\u0014\u0001\0\0\u0006fFIRECKFCVMFADT\0\0\0\0FCAT' },
    'kvm',
    'firecracker',
  ],
  ['Firecracker for who is not root', { ...GUEST, [CLOCKS]: 'tsc kvm-clock' }, 'kvm', 'kvm'],
  [
    'a table that only mentions the name',
    { ...GUEST, [`${ACPI}/FACP`]: `FACP${' '.repeat(40)}FIRECK` },
    'kvm',
    'kvm',
  ],
  ['Xen', { ...GUEST, '/sys/hypervisor/type': 'xen\n' }, null, 'xen'],
  ['Xen that calls itself Hyper-V', { ...GUEST, '/sys/hypervisor/type': 'xen\n' }, 'microsoft', 'xen'],
  [
    'the first domain of Xen',
    { ...METAL, '/sys/hypervisor/type': 'xen\n', '/proc/xen/capabilities': 'control_d\n' },
    null,
    'none',
  ],
  [
    'the first domain of Xen, by its features',
    { ...METAL, '/sys/hypervisor/type': 'xen', '/sys/hypervisor/properties/features': '00002f05\n' },
    'none',
    'none',
  ],
  [
    'another domain, by its features',
    { ...GUEST, '/sys/hypervisor/type': 'xen', '/sys/hypervisor/properties/features': '00002705\n' },
    null,
    'xen',
  ],
  ['VMware', { ...GUEST, [`${DMI}/sys_vendor`]: 'VMware, Inc.\n' }, null, 'vmware'],
  ['VirtualBox', { ...GUEST, [`${DMI}/product_name`]: 'VirtualBox\n' }, null, 'oracle'],
  [
    'Hyper-V',
    {
      ...GUEST,
      [`${DMI}/product_name`]: 'Virtual Machine\n',
      [`${DMI}/sys_vendor`]: 'Microsoft Corporation\n',
    },
    null,
    'microsoft',
  ],
  [
    'a laptop that Microsoft made',
    {
      ...METAL,
      [`${DMI}/product_name`]: 'Surface Laptop\n',
      [`${DMI}/sys_vendor`]: 'Microsoft Corporation\n',
    },
    null,
    'none',
  ],
  [
    'a rented machine on Arm, where nothing but DMI tells',
    { ...ARM, [`${DMI}/product_name`]: 'm6g.large\n', [`${DMI}/sys_vendor`]: 'Amazon EC2\n' },
    'none',
    'amazon',
  ],
  [
    'rented hardware without a hypervisor',
    { ...METAL, [`${DMI}/product_name`]: 'm5.metal\n', [`${DMI}/sys_vendor`]: 'Amazon EC2\n' },
    null,
    'none',
  ],
  [
    'KVM on Arm, by its device tree',
    { ...ARM, '/proc/device-tree/hypervisor/compatible': 'linux,kvm\0' },
    null,
    'kvm',
  ],
  ['Arm, where nothing tells', ARM, null, null],
  ['no /proc', {}, null, null],
]
for (const [title, files, told, expected] of hypervisors) {
  test(`hypervisor: ${title}`, () => assert.equal(hypervisor(madeUpTree(files), told), expected))
}

const ID = '0123456789abcdef'.repeat(4)
const FIRST = {
  '/proc/self/ns/pid': '-> pid:[4026531836]',
  '/proc/self/ns/cgroup': '-> cgroup:[4026531835]',
}
const APART = {
  '/proc/self/ns/pid': '-> pid:[4026532201]',
  '/proc/self/ns/cgroup': '-> cgroup:[4026532202]',
}
const mounted = (root: string, point: string) => ({
  '/proc/self/mountinfo': `9 8 8:1 ${root} ${point} rw - ext4 /dev/sda1 rw\n`,
})

const containers: [string, Record<string, string>, string | null][] = [
  ['none', FIRST, 'none'],
  ['a virtual machine whose disk was an image of Docker', { ...FIRST, '/.dockerenv': '' }, 'none'],
  ['Docker, by the file', { ...APART, '/.dockerenv': '' }, 'docker'],
  [
    'Docker, by what it mounts',
    { ...APART, ...mounted(`/var/lib/docker/containers/${ID}/hosts`, '/etc/hosts') },
    'docker',
  ],
  [
    'Docker with the host’s namespaces, by its group',
    { ...FIRST, '/proc/self/cgroup': `0::/system.slice/docker-${ID}.scope\n` },
    'docker',
  ],
  [
    'the service that runs Docker',
    { ...FIRST, '/proc/self/cgroup': '0::/system.slice/docker.service\n' },
    'none',
  ],
  ['Podman', { ...APART, '/run/.containerenv': 'engine="podman"\n' }, 'podman'],
  ['Podman, by its manager’s word', { ...APART, '/run/systemd/container': 'podman\n' }, 'podman'],
  ['systemd-nspawn', { ...APART, '/run/host/container-manager': 'systemd-nspawn\n' }, 'systemd-nspawn'],
  ['LXC, by the first process', { ...APART, '/proc/1/environ': 'A=b\0container=lxc\0' }, 'lxc'],
  [
    'a manager that calls itself something private',
    { ...APART, '/run/systemd/container': 'acme-7' },
    'other',
  ],
  [
    'Kubernetes, by what a pod has mounted',
    { ...APART, ...mounted('/', '/run/secrets/kubernetes.io/serviceaccount') },
    'kubernetes',
  ],
  [
    'Kubernetes without an account, by its group, before the runtime’s file',
    { ...APART, '/.dockerenv': '', '/proc/self/cgroup': `4:cpu:/kubepods/burstable/pod1/${ID}\n` },
    'kubernetes',
  ],
  ['containerd', { ...APART, '/proc/self/cgroup': `0::/x.slice/cri-containerd-${ID}.scope\n` }, 'containerd'],
  ['OpenVZ', { '/proc/vz/version': '' }, 'openvz'],
  ['the host of OpenVZ', { ...FIRST, '/proc/vz/version': '', '/proc/bc/resources': '' }, 'none'],
  ['WSL', { ...FIRST, '/proc/sys/kernel/osrelease': '5.15.90.1-microsoft-standard-WSL2\n' }, 'wsl'],
  ['namespaces of its own and no name', APART, 'other'],
  ['no /proc', {}, null],
]
for (const [title, files, expected] of containers) {
  test(`container: ${title}`, () => assert.equal(container(madeUpTree(files)), expected))
}

test('a container in a virtual machine is both', () => {
  const tree = madeUpTree({ ...GUEST, ...APART, '/.dockerenv': '' })
  assert.deepEqual([hypervisor(tree, 'kvm'), container(tree)], ['kvm', 'docker'])
})
