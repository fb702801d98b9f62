/** A plan as something to apply: Kubernetes objects or a Compose file, each with what it came from. Pure. */
import { stringify } from 'yaml'
import { figure } from '../words/format.ts'
import { wrap } from '../words/wrap.ts'
import type { Plan } from './plan.ts'
import type { PlanRequest } from './request.ts'
import { busyText, bytes, requestText } from './text.ts'

export const FORMATS = ['text', 'json', 'kubernetes', 'compose'] as const
export type Format = (typeof FORMATS)[number]

interface Planned {
  made: Plan
  request: PlanRequest
  /** Folders of the runs. */
  runs: readonly string[]
}

const NAME = 'your-service'
const IMAGE = 'registry.example/your-service:1.0.0'
const PORT = 3000
/** Where no memory was recorded: what Node takes with a small service. */
const USUAL = { requestBytes: 256e6, limitBytes: 512e6 }
/** An autoscaler may go so far beyond the plan: a load that was not foreseen should not be without end either. */
const MOST_TIMES = 2
const MEBI = 2 ** 20

/** Deployment, disruption budget and autoscaler, as one file. */
export function kubernetes(planned: Planned): string {
  const { made, request } = planned
  const labels = { app: NAME }
  const replicas = made.replicas.value
  const spread = (topologyKey: string) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: labels },
  })
  const memory = made.container ?? USUAL
  const objects = [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: NAME, labels },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        strategy:
          request.deploy === 'rolling'
            ? { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } }
            : { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: {
          metadata: { labels },
          spec: {
            topologySpreadConstraints: [
              ...(request.zones > 1 ? [spread('topology.kubernetes.io/zone')] : []),
              spread('kubernetes.io/hostname'),
            ],
            containers: [
              {
                name: NAME,
                image: IMAGE,
                ports: [{ containerPort: PORT }],
                resources: {
                  requests: { cpu: cpu(request.replicaCores), memory: mebibytes(memory.requestBytes) },
                  limits: { memory: mebibytes(memory.limitBytes) },
                },
                readinessProbe: { httpGet: { path: '/healthz', port: PORT } },
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: NAME, labels },
      spec: {
        // As many as carry the load by themselves; a single one has to be allowed to move.
        ...(made.whenGone ? { minAvailable: made.whenGone.replicas } : { maxUnavailable: 1 }),
        selector: { matchLabels: labels },
      },
    },
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: NAME, labels },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: NAME },
        minReplicas: replicas,
        maxReplicas: Math.ceil(MOST_TIMES * replicas),
        metrics: [
          {
            type: 'Resource',
            resource: {
              name: 'cpu',
              target: {
                type: 'Utilization',
                averageUtilization: Math.max(1, Math.floor(100 * made.mostBusy)),
              },
            },
          },
        ],
      },
    },
  ]
  return [comment(planned, '# '), ...objects.map(plain)].join('---\n')
}

/** A service with its replicas, and Redis where the scheme has one. */
export function compose(planned: Planned): string {
  const { made, request } = planned
  const memory = made.container ?? USUAL
  const redis = made.redisPrimaries.value > 0
  const services = {
    [NAME]: {
      image: IMAGE,
      deploy: {
        replicas: made.replicas.value,
        resources: {
          limits: { cpus: String(request.replicaCores), memory: `${Math.ceil(memory.limitBytes / MEBI)}M` },
          reservations: { memory: `${Math.ceil(memory.requestBytes / MEBI)}M` },
        },
      },
      ...(redis ? { depends_on: ['redis'] } : {}),
    },
    ...(redis
      ? {
          redis: {
            image: 'redis:8',
            command: ['redis-server', '--maxmemory-policy', 'noeviction', '--appendonly', 'no'],
            deploy: {
              resources: {
                reservations: { memory: `${Math.ceil((2 * made.redisMemoryBytes.hi) / MEBI) + 64}M` },
              },
            },
          },
        }
      : {}),
  }
  return `${comment(planned, '# ')}${plain({ services })}`
}

/** Without anchors, which a reader has to follow. */
const plain = (of: object) => stringify(of, { aliasDuplicateObjects: false })

const cpu = (cores: number) => (Number.isInteger(cores) ? String(cores) : `${Math.round(1_000 * cores)}m`)
const mebibytes = (amount: number) => `${Math.ceil(amount / MEBI)}Mi`

/** What the file came from, and what it is not. */
function comment({ made, request, runs }: Planned, mark: string): string {
  const { replicas, redisPrimaries, redisStandbys, proxyCores, busy, p99Ms, warnings } = made
  const latency = p99Ms ? `; p99 ${figure(p99Ms.value)} ms (${figure(p99Ms.lo)} to ${figure(p99Ms.hi)})` : ''
  const lines = [
    `${made.scheme} for ${requestText(request)}`,
    `from ${runs.join(', ')}`,
    `replicas: ${replicas.value} (${replicas.lo} to ${replicas.hi}), ${busyText(busy.replicas)} busy${latency}`,
    `beside it: ${redisPrimaries.value} Redis primaries with ${redisStandbys.value} standbys and ${bytes(made.redisMemoryBytes.value)} of sessions, ${proxyCores.value} cores of proxy`,
    ...warnings,
  ]
  return `${lines.map((line) => wrap(line, `${mark}  `).replace(/^/, mark)).join('\n')}\n`
}
