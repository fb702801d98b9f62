/** The claims about what scripts, other sites and anybody at all can do with a credential. */
import type { MeasuredSummary } from '../experiments/reports.ts'
import { code, counted, list } from '../words/format.ts'
import { ARTICLE, type Claim, comment, type Facts } from './claim.ts'
import { seen, undecided } from './facts.ts'

type Scheme = NonNullable<MeasuredSummary['browser']>['schemes'][number]
type Theft = Scheme['thefts'][number]
type Forgery = Scheme['forgeries'][number]

const NOTHING = 'this run has nothing from the experiment `browser`'
const COMMAND = 'npm run bench -- --only browser'

const schemesOf = ({ summary }: Facts): readonly Scheme[] => summary.browser?.schemes ?? []

const trialsOf = (schemes: readonly Scheme[]) => schemes.flatMap(({ trials }) => trials)

const mostTrials = (schemes: readonly Scheme[]) => Math.max(0, ...schemes.map(({ trials }) => trials.length))

const named = (schemes: readonly Pick<Scheme, 'scheme'>[]) => list(schemes.map(({ scheme }) => code(scheme)))

/** The article says so of these, and would be wrong about those; the rest is reported. */
const SAID_READABLE = /^jwt-/
const SAID_CLOSED = /^(session-|jwe$|paseto-v4-local$)/

export const payloadReadable: Claim = {
  id: 'payload-readable',
  quote: "anyone can decode the payload of the JWT token. It's just a base64 value",
  source: comment('khrisl33t'),
  reading: null,
  metric: 'the profile read from the credential without any key',
  supportedIf: 'readable for jwt-*; not for jwe, paseto-v4-local, sessions',
  refutedIf: 'otherwise',
  thresholds: {},
  decidedBy: COMMAND,
  judge(facts) {
    const all = schemesOf(facts)
    const open = all.filter(({ scheme }) => SAID_READABLE.test(scheme))
    const closed = all.filter(({ scheme }) => SAID_CLOSED.test(scheme))
    if (open.length === 0 || closed.length === 0)
      return undecided(all.length === 0 ? NOTHING : 'it needs a token and something to compare it with')
    const isReadable = ({ readable }: Scheme) => readable.length > 0
    const holds = open.every(isReadable) && !closed.some(isReadable)
    const [readable, hidden] = [all.filter(isReadable), all.filter((one) => !isReadable(one))]
    return {
      verdict: holds ? 'supported' : 'refuted',
      boundary: null,
      sentence: `base64 alone shows ${list([...new Set(readable.flatMap((one) => one.readable))])} of the user in the credential of ${named(readable)}${hidden.length > 0 ? `, and nothing in that of ${named(hidden)}` : ''}`,
      estimates: [
        seen('schemes whose credential shows the profile', readable.length, 'schemes', mostTrials(all)),
      ],
      evidence: trialsOf([...open, ...closed]),
    }
  },
}

export const xss: Claim = {
  id: 'xss',
  quote: 'JavaScript has the access to the storage … vulnerable to XSS',
  source: ARTICLE,
  reading: null,
  metric: 'credential readable by a script in a real browser, by transport',
  supportedIf: 'readable in local storage, not in an HttpOnly cookie',
  refutedIf: 'otherwise',
  thresholds: {},
  decidedBy: COMMAND,
  judge(facts) {
    const all = schemesOf(facts)
    const kept = (place: Theft['keptIn']) =>
      all.flatMap(({ thefts }) => thefts.filter(({ keptIn }) => keptIn === place))
    const [stored, hidden, plain] = [kept('local-storage'), kept('http-only-cookie'), kept('plain-cookie')]
    if (stored.length === 0 || hidden.length === 0)
      return undecided(
        all.length === 0 ? NOTHING : 'it needs a token in local storage and an HttpOnly cookie',
      )
    const read = (thefts: readonly Theft[]) => thefts.filter(({ readable }) => readable).length
    const used = [...stored, ...hidden].filter(({ usable }) => usable).length
    const share = (thefts: readonly Theft[], what: string) =>
      `${read(thefts)} of ${counted(thefts.length, what)}`
    const n = mostTrials(all)
    return {
      verdict: read(stored) === stored.length && read(hidden) === 0 ? 'supported' : 'refuted',
      boundary: null,
      sentence:
        `a script that got into the page carried off ${share(stored, 'token')} in local storage, ` +
        `${share(plain, 'cookie')} without \`HttpOnly\` and ${share(hidden, 'cookie')} with it; it could use ${used} ` +
        `of all ${stored.length + hidden.length} from inside the page, so \`HttpOnly\` keeps a login from being ` +
        'taken away but not from being misused',
      estimates: [
        seen('tokens in local storage that a script read', read(stored), 'schemes', n),
        seen('HttpOnly cookies that a script read', read(hidden), 'schemes', n),
      ],
      evidence: trialsOf(all),
    }
  },
}

/** The cookie without any defence, and each defence by itself. */
const UNDEFENDED = (one: Forgery) => one.sameSite === 'None' && !one.check
const DEFENCES: readonly { name: string; has(one: Forgery): boolean }[] = [
  { name: 'a check of where requests come from', has: (one) => one.sameSite === 'None' && one.check },
  { name: '`SameSite=Lax`', has: (one) => one.sameSite === 'Lax' && !one.check },
  { name: '`SameSite=Strict`', has: (one) => one.sameSite === 'Strict' && !one.check },
  { name: 'a token in a header', has: (one) => one.sameSite === null },
]

const REQUESTS: Record<Forgery['request'], string> = {
  'link-get': 'a link (GET)',
  'img-get': 'an image (GET)',
  'form-post': 'a form (POST)',
  'fetch-no-cors': 'a fetch (POST)',
  'fetch-json': 'a fetch of JSON (PUT)',
}

export const csrf: Claim = {
  id: 'csrf',
  quote: 'stored in the cookies are vulnerable to CSRF',
  source: ARTICLE,
  reading: null,
  metric: 'cross-site state change accepted in a real browser, with and without each defence',
  supportedIf: 'accepted with SameSite=None and no check, refused with each defence',
  refutedIf: 'otherwise',
  thresholds: {},
  decidedBy: COMMAND,
  judge(facts) {
    const all = schemesOf(facts)
    const foreign = all.flatMap(({ forgeries }) => forgeries.filter(({ from }) => from === 'cross-site'))
    const open = changesOf(foreign, UNDEFENDED)
    const defences = DEFENCES.map((one) => ({ ...one, through: changesOf(foreign, one.has) }))
    const missing = defences.filter(({ has }) => !foreign.some(has))
    if (missing.length > 0 || !foreign.some(UNDEFENDED))
      return undecided(all.length === 0 ? NOTHING : `it lacks ${list(missing.map(({ name }) => name))}`)
    const leaking = defences.filter(({ through }) => through.length > 0)
    const tight = defences.filter(({ through }) => through.length === 0)
    const kinds = (label: string, some: readonly string[]) =>
      seen(label, some.length, 'kinds', mostTrials(all))
    const stopped = `; ${list(tight.map(({ name }) => name))}, each by itself, let nothing through`
    const left = leaking.map(({ name, through }) => `${name} by itself lets ${list(through)} through`)
    return {
      verdict: open.length === 0 ? 'refuted' : leaking.length === 0 ? 'supported' : 'depends',
      boundary:
        open.length > 0 && leaking.length > 0
          ? `the defence, and on whether the requests that it lets through may change anything: ${list(left)}`
          : null,
      sentence: `with \`SameSite=None\` and no check, ${open.length === 0 ? 'no request' : list(open)} of another site changed something${tight.length > 0 ? stopped : ''}`,
      estimates: [
        kinds('kinds of cross-site requests that changed something, without a defence', open),
        ...defences.map(({ name, through }) =>
          kinds(`the same with ${name.replaceAll('`', '')} alone`, through),
        ),
      ],
      evidence: trialsOf(all),
    }
  },
}

/** Kinds of requests that changed something at any scheme. */
function changesOf(forgeries: readonly Forgery[], has: (one: Forgery) => boolean): string[] {
  const changed = forgeries.filter((one) => has(one) && one.outcome === 'changed')
  return Object.entries(REQUESTS).flatMap(([kind, words]) =>
    changed.some(({ request }) => request === kind) ? [words] : [],
  )
}
