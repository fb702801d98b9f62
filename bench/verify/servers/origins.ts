/** Unsafe requests with a valid cookie that a page elsewhere caused, as browsers without Sec-Fetch-Site tell it. Pure. */
import type { Draw } from '../../stats/seeded.ts'
import {
  type Attempt,
  bytesOf,
  draftOf,
  HOST,
  LOGOUT,
  lineOf,
  PREFERENCES,
  pick,
  type Stock,
  wholeOf,
} from './attempt.ts'

const OWN = `https://${HOST}`
const ORIGINS = [
  ...[
    `http://${HOST}`,
    `HTTPS://${HOST}`,
    `${OWN}/`,
    `${OWN}.`,
    `${OWN}:443`,
    `${OWN}:8443`,
    `https://x.${HOST}`,
  ],
  ...[
    `https://user@${HOST}`,
    `https://${HOST}.evil.example`,
    `https://evil${HOST}`,
    `${OWN}/me`,
    `//${HOST}`,
  ],
  ...[`ws://${HOST}`, `file://${HOST}`, 'null', '', HOST, `${OWN}, ${OWN}`, `${OWN} https://evil.example`],
  ...[
    `https://evil.example#${HOST}`,
    `https://evil.example/${OWN}`,
    `${OWN}\\`,
    `${OWN}?`,
    'https://APP.example',
  ],
]
/** Each names our host as a server may read it, and only the first two do so alone. */
const HOSTS = [
  HOST,
  `${HOST}:443`,
  `${HOST}:8443`,
  `${HOST}, ${HOST}`,
  `user@${HOST}`,
  `${HOST}/`,
  `${HOST}#`,
  '[::1]',
  '',
]

export function originAttempt(draw: Draw, { traits, spare }: Stock): Attempt {
  const isOwnOrigin = draw(4) === 0
  const origin = isOwnOrigin ? OWN : pick(draw, ORIGINS)
  const host = isOwnOrigin ? pick(draw, HOSTS) : pick(draw, [HOST, HOST, `${HOST}:443`, 'APP.example'])
  const second = draw(6) === 0 ? [`Host: ${pick(draw, [HOST, 'evil.example'])}`] : []
  const isOwn = isOwnOrigin && [HOST, `${HOST}:443`].includes(host) && second.length === 0
  // A logout that is let through would end the spare login unnoticed.
  const route = isOwn ? PREFERENCES : pick(draw, [PREFERENCES, LOGOUT])
  const draft = draftOf(route, [lineOf(traits, wholeOf(spare)), `Origin: ${origin}`])
  const [, ...headers] = draft.headers.filter((line) => !line.startsWith('Sec-Fetch-Site'))
  return {
    kind: 'origins',
    what: `${route.path}: Origin ${JSON.stringify(origin)}, Host ${JSON.stringify(host)}`,
    bytes: bytesOf({ ...draft, headers: [`Host: ${host}`, ...second, ...headers] }),
    expects: isOwn ? 'admitted' : 'refused',
    holders: [spare.name],
  }
}
