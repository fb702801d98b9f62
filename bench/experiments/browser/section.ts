/** The section of a report about what a real browser lets scripts and other sites do. */
import { ABSENT, counted, list } from '../../words/format.ts'
import { type Section, section } from '../../words/section.ts'
import { shown, type Table, tableOf } from '../../words/tables.ts'
import type { Summary } from './schema.ts'

type Browser = NonNullable<Summary['browser']>
type Scheme = Browser['schemes'][number]
type Forgery = Scheme['forgeries'][number]

/** Nothing without the experiment. */
export function browserSection({ browser }: Summary): Section | null {
  if (browser === null) return null
  return section(
    'in-a-real-browser',
    'In a real browser',
    `Chromium ${list(browser.versions)}, over HTTPS, at servers set up as in production.`,
    shown(credentialTable(browser), { align: 'text', below: CREDENTIAL_NOTE }),
    shown(forgeryTable(browser), { align: 'text', below: FORGERY_NOTE }),
  )
}

const CREDENTIAL_NOTE =
  'A script that got into a page of the application reads a credential if what it read let somebody in from ' +
  'elsewhere. It uses one if its own requests from that page were answered as the user’s. `HttpOnly` keeps a ' +
  'credential from being carried away, but not from being used. “Readable” is the part of the user’s profile ' +
  'that base64 alone shows. Other pages tried ten requests for a change at the server as it is: five from ' +
  'another site, five from a subdomain.'

/** One row a scheme, as its server is. */
export function credentialTable({ schemes }: Browser): Table {
  return tableOf(schemes, {
    scheme: ({ scheme }) => scheme,
    'kept in': (one) => KEPT[keptBy(one)?.keptIn ?? 'nowhere'],
    'readable without a key': ({ readable }) => (readable.length > 0 ? list(readable) : 'nothing'),
    'script reads it': (one) => (keptBy(one)?.readable ? '**yes**' : 'no'),
    'script uses it': (one) => (keptBy(one)?.usable ? '**yes**' : 'no'),
    'changes by other pages'({ forgeries }) {
      const own = forgeries.filter(isAsTheServerIs)
      return `${own.filter(({ outcome }) => outcome === 'changed').length} of ${own.length}`
    },
  })
}

const keptBy = ({ thefts }: Scheme) => thefts.find(({ keptIn }) => keptIn !== 'plain-cookie')

const KEPT = {
  'local-storage': 'local storage',
  'plain-cookie': 'cookie',
  'http-only-cookie': '`HttpOnly` cookie',
  nowhere: ABSENT,
} as const

const isAsTheServerIs = ({ sameSite, check }: Forgery) => sameSite === null || (sameSite === 'Lax' && check)

/** What is left of the defences, in the order in which the table has it. */
const DEFENCES: readonly { name: string; has(one: Forgery): boolean }[] = [
  { name: 'cookie, `SameSite=None`, no check', has: (one) => one.sameSite === 'None' && !one.check },
  { name: 'cookie without `SameSite`', has: (one) => one.sameSite === 'unset' },
  { name: '`SameSite=Lax` alone', has: (one) => one.sameSite === 'Lax' && !one.check },
  { name: '`SameSite=Strict` alone', has: (one) => one.sameSite === 'Strict' },
  { name: 'the check alone', has: (one) => one.sameSite === 'None' && one.check },
  { name: '`Lax` and the check (as the servers are)', has: (one) => one.sameSite === 'Lax' && one.check },
  { name: 'token in a header', has: (one) => one.sameSite === null },
]

const REQUESTS: Readonly<Record<Forgery['request'], string>> = {
  'link-get': 'link (GET)',
  'img-get': 'image (GET)',
  'form-post': 'form (POST)',
  'fetch-no-cors': 'fetch (POST)',
  'fetch-json': 'fetch of JSON (PUT)',
}

/** One row for each defence, over all schemes that have it. */
export function forgeryTable({ schemes }: Browser): Table {
  const all = schemes.flatMap(({ scheme, forgeries }) => forgeries.map((one) => ({ scheme, ...one })))
  const rows = DEFENCES.flatMap(({ name, has }) => {
    const own = all.filter(has)
    if (own.length === 0) return []
    const far = own.filter(({ from }) => from === 'cross-site')
    const near = own.filter(({ from, request }) => from === 'same-site' && request !== 'fetch-json')
    const cells = Object.keys(REQUESTS).map((sent) =>
      outcomesText(far.filter(({ request }) => request === sent)),
    )
    const at = counted(new Set(own.map(({ scheme }) => scheme)).size, 'scheme')
    return [[name, at, ...cells, outcomesText(near)]]
  })
  return { head: ['defence', 'at', ...Object.values(REQUESTS), 'the first four, from a subdomain'], rows }
}

const OUTCOMES: Readonly<Record<Forgery['outcome'], string>> = {
  changed: '**changed**',
  refused: 'refused (403)',
  'no-credential': 'no credential',
  'not-sent': 'not sent',
}

/** All different ones, the worst first. */
function outcomesText(forgeries: readonly Forgery[]): string {
  const seen = new Set<string>(forgeries.map(({ outcome }) => outcome))
  return list(Object.entries(OUTCOMES).flatMap(([outcome, words]) => (seen.has(outcome) ? [words] : [])))
}

const FORGERY_NOTE =
  'Requests of another site’s page in a browser that is logged in. In the last column the page is on a ' +
  'subdomain of the application’s own domain; `SameSite` does not hold it back. The form and the GETs go to ' +
  'a test application in front of the server. The server’s own API takes changes as JSON alone, and no GET ' +
  'should change anything. “The check” is that of `Sec-Fetch-Site` and `Origin`. Without `SameSite` Chromium ' +
  'treats a cookie as `Lax`, but lets forms send one that is younger than two minutes. “Not sent”: the ' +
  'browser asks for permission first (CORS) and gets none.'
