/** What each scheme declares about itself; constants of the code, so that whatever follows from them stays pure. */
import { type SchemeName, schemeNames, schemes, type Traits } from '../servers/scheme.ts'

const declared = schemeNames.map(async (name) => [name, (await schemes[name]()).scheme.traits] as const)

export const traits = Object.fromEntries(await Promise.all(declared)) as Record<SchemeName, Traits>
