/** What the machine runs on, by the kernel's ABI/testing/sysfs-class-power. */
import { type Tree, word } from './tree.ts'

const SUPPLIES = '/sys/class/power_supply'

/** Null where no supply is told of, as on most servers and in virtual machines. */
export function powerSource(tree: Tree): 'mains' | 'battery' | null {
  const supplies = tree.list(SUPPLIES).map((name) => {
    const of = (file: string) => word(tree, `${SUPPLIES}/${name}/${file}`)
    return { type: of('type'), online: of('online'), status: of('status'), scope: of('scope') }
  })
  // Of the machine: a mouse has a battery too.
  const own = supplies.filter(({ scope }) => scope !== 'Device')
  // 2 is a supply whose voltage can be programmed, as USB-C has it.
  if (own.some(({ type, online }) => type !== 'Battery' && (online === '1' || online === '2'))) return 'mains'
  const batteries = own.filter(({ type }) => type === 'Battery')
  if (batteries.length === 0) return null
  return batteries.some(({ status }) => status === 'Discharging') ? 'battery' : 'mains'
}
