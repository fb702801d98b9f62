/** Plans for held-out requests, starts what they say and its neighbours, and holds one against the other. */
import type { CostCurves } from '../../figures/curve-schema.ts'
import { isControl } from '../../figures/records.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import type { Generator } from '../../load/job.ts'
import type { Evidence } from '../../plan/evidence.ts'
import { type Plan, plan } from '../../plan/plan.ts'
import { exactly, over, type Range, rangeOf } from '../../plan/range.ts'
import { coreShare, type PlanRequest } from '../../plan/request.ts'
import { unitsLeft } from '../../plan/spare.ts'
import type { PlanCheck, Quotas } from '../../record/types.ts'
import { HELD_OUT, type HeldOut, requestOf } from './held-out.ts'
import { judgedFleet } from './judged.ts'
import { type Asked, started } from './started.ts'
import { heldLine } from './table.ts'

/** What the fleets are started with. */
export interface Ground {
  fleet: Fleet
  generator: Generator
  signal: AbortSignal
  log(line: string): void
}

type Reference = PlanCheck['reference']

/** Of the planned fleet, and of each of its neighbours. */
const TURNS = 14
const TURNS_OF_NEIGHBOUR = 8
/** Of Redis and of the proxy: more than either needs at these loads, so that no quota of theirs holds a replica up. */
const SHARED_CORES = 0.4
const MAX_ERROR_SHARE = 0.001

/** @returns why there is no control to go by */
export function referenceIn({ curves, everyday }: CostCurves): Reference | string {
  const control = curves.find(({ scheme, twin }) => isControl({ scheme }) && !twin)
  const point = control?.points.find(
    (one) => one.perSec === everyday?.perSec && one.handlerUs === everyday?.handlerUs,
  )
  if (!point || point.perSec === null)
    return 'the runs have no cost of the control at everyday load, which says how fast the machine is: npm run bench measures it'
  return { perSec: point.perSec, handlerUs: point.handlerUs, controlUs: rangeOf(point.cpuUs) }
}

/** @param only numbers of requests; default: all */
export async function checkPlans(
  ground: Ground,
  evidence: readonly Evidence[],
  reference: Reference,
  only: readonly number[] = HELD_OUT.map(({ number }) => number),
): Promise<Pick<PlanCheck, 'requests' | 'leftOut' | 'bias'>> {
  const done: Pick<PlanCheck, 'requests' | 'leftOut' | 'bias'> = { requests: [], leftOut: [], bias: [] }
  for (const held of HELD_OUT.filter(({ number }) => only.includes(number))) {
    const found = evidence.find(({ scheme }) => scheme === held.scheme)
    const without = held.replicaCores < 1 ? ground.fleet.quotaProblem : null
    const request = without
      ? `its fleets need CPU quotas here: ${without}`
      : found
        ? requestOf(held, found)
        : `the runs cannot carry a plan for ${held.scheme}`
    if (!found || typeof request === 'string') {
      const reason = String(request)
      done.leftOut.push({ number: held.number, reason })
      ground.log(`${held.number}: left out: ${reason}`)
      continue
    }
    const made = plan(found, request)
    if (made.refused !== null) throw new Error(made.refused)
    done.requests.push(await checked(ground, { held, request, made, reference }))
    const last = done.requests.at(-1)
    if (last) ground.log(`${held.number}: ${heldLine(last)}`)
  }
  const shares = new Set(done.requests.map(({ replicaCores }) => replicaCores).filter((cores) => cores < 1))
  for (const cores of shares) {
    const ratio = await biasAt(ground, done.requests, cores, reference)
    if (ratio) done.bias.push({ replicaCores: cores, ratio })
  }
  return done
}

/** What a quota itself does: one replica with it and one without, each beside the control, at the same load. */
async function biasAt(
  ground: Ground,
  requests: PlanCheck['requests'],
  replicaCores: number,
  reference: Reference,
): Promise<Range | null> {
  const like = requests.find((one) => one.replicaCores === replicaCores)
  const held = HELD_OUT.find(({ number }) => number === like?.number)
  if (!like || !held) return null
  // As much as each replica of that fleet had.
  const perSec = like.rps / like.planned.replicas.value
  const load = { scheme: held.scheme, replicas: 1, users: like.users, perSec, handlerUs: like.handlerUs }
  const promised = {
    ...{ replicas: 1, atWork: 1, coreShare: replicaCores, perSec, mostBusy: 1 },
    ...{ p99Ms: null, maxErrorShare: 1 },
  }
  const busy = async (quotas: Quotas | null) => {
    const seen = await started(ground, reference, { ...load, quotas, turns: TURNS_OF_NEIGHBOUR })
    return judgedFleet(promised, seen, exactly(reference.controlUs.value)).busy.replicas.atPace
  }
  const free = await busy(null)
  return over(await busy(quotasOf({ replicaCores })), free)
}

interface Planned {
  held: HeldOut
  request: PlanRequest
  made: Plan
  reference: Reference
}

async function checked(ground: Ground, planned: Planned): Promise<PlanCheck['requests'][number]> {
  const { held, request, made } = planned
  const { rps, users, handlerUs, headroom, replicaCores, loginsPerSec, tokenTtlSec } = request
  const refreshesPerSec = held.readsARefresh === 0 ? 0 : users / tokenTtlSec
  const { value } = made.replicas
  const sizes = [value - 1, value, value + 1].filter((replicas) => replicas > held.survive)
  const fleets: PlanCheck['requests'][number]['fleets'] = []
  let redisMemoryBytes: number | null = null
  for (const replicas of sizes) {
    const atWork = unitsLeft(replicas, replicas, request)
    const turns = replicas === value ? TURNS : TURNS_OF_NEIGHBOUR
    const issuing = loginsPerSec + refreshesPerSec > 0 ? { issuing: { loginsPerSec, refreshesPerSec } } : {}
    const asked: Asked = {
      ...{
        scheme: held.scheme,
        replicas: atWork,
        quotas: quotasOf(request),
        users,
        perSec: rps,
        handlerUs,
        turns,
      },
      ...issuing,
    }
    const seen = await started(ground, planned.reference, asked)
    fleets.push(
      judgedFleet(promisedOf(planned, replicas, atWork, refreshesPerSec), seen, planned.reference.controlUs),
    )
    if (replicas === value) redisMemoryBytes = seen.redisBytes
  }
  return {
    ...{ number: held.number, scheme: held.scheme, rps, users, handlerUs, loginsPerSec, refreshesPerSec },
    ...{ headroom, survive: held.survive, replicaCores },
    planned: {
      replicas: made.replicas,
      busy: busyWhenGone(made),
      p99Ms: made.p99Ms,
      redisMemoryBytes: made.redisMemoryBytes,
    },
    redisMemoryBytes,
    fleets,
  }
}

const promisedOf = ({ request }: Planned, replicas: number, atWork: number, refreshesPerSec: number) => ({
  ...{ replicas, atWork, coreShare: coreShare(request) },
  perSec: request.rps + request.loginsPerSec + refreshesPerSec,
  mostBusy: 1 - request.headroom,
  p99Ms: request.p99Ms,
  maxErrorShare: MAX_ERROR_SHARE,
})

/** Replicas by share, Redis and proxy in cores. */
function busyWhenGone(made: Plan) {
  const { busy, whenGone, redisPrimaries, proxyCores } = made
  return {
    replicas: (whenGone?.busy ?? busy).replicas,
    redis: busy.redis === null ? null : busy.redis * redisPrimaries.value,
    proxy: busy.proxy * proxyCores.value,
  }
}

function quotasOf({ replicaCores }: Pick<PlanRequest, 'replicaCores'>): Quotas | null {
  if (replicaCores >= 1) return null
  return { replicaCores, redisCores: SHARED_CORES, proxyCores: SHARED_CORES, ballastCores: 0 }
}
