/** A plan as files to apply: what Kubernetes and Compose would read of them is what the plan says. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { parse, parseAllDocuments } from 'yaml'
import { asked, evidence } from '../testing/evidence.ts'
import { compose, kubernetes } from './manifests.ts'
import { type Plan, plan } from './plan.ts'
import type { PlanRequest } from './request.ts'

const request = asked({ headroom: 0.3, survive: 1, zones: 3, deploy: 'rolling' })
const made = (over: Partial<PlanRequest> = {}, measured = evidence()): Plan => {
  const planned = plan(measured, { ...request, ...over })
  assert.ok(planned.refused === null, `${planned.refused}`)
  return planned
}
const planned = (over: Partial<PlanRequest> = {}) => ({
  ...{ made: made(over), request: { ...request, ...over }, runs: ['results/one', 'results/two'] },
})

test('a deployment with its resources and spread, a disruption budget, and an autoscaler by the headroom', () => {
  const text = kubernetes(planned())
  const [deployment, budget, scaler] = parseAllDocuments(text)
    .map((one) => one.toJS())
    .filter(Boolean)
  // By the schemas of Kubernetes itself; one that is not an object of its kind throws.
  new Deployment(deployment).validate()
  new PodDisruptionBudget(budget).validate()
  new HorizontalPodAutoscaler(scaler).validate()
  assert.throws(() => new Deployment({ ...deployment, spec: { replicas: 'many' } }).validate())
  const { replicas, container, whenGone } = made()
  assert.deepEqual(
    [deployment.kind, budget.kind, scaler.kind],
    ['Deployment', 'PodDisruptionBudget', 'HorizontalPodAutoscaler'],
  )
  assert.equal(deployment.spec.replicas, replicas.value)
  const [pod] = deployment.spec.template.spec.containers
  assert.equal(pod.resources.requests.cpu, '1')
  assert.equal(pod.resources.requests.memory, `${Math.ceil((container?.requestBytes ?? 0) / 2 ** 20)}Mi`)
  assert.equal(deployment.spec.template.spec.topologySpreadConstraints.length, 2)
  assert.equal(budget.spec.minAvailable, whenGone?.replicas)
  assert.equal(scaler.spec.minReplicas, replicas.value)
  const { averageUtilization } = scaler.spec.metrics[0].resource.target
  assert.ok(averageUtilization <= 70 && averageUtilization >= 60, `${averageUtilization}`)
})

test('a part of a core is asked for in thousandths; one zone needs no spread over zones', () => {
  const text = kubernetes(planned({ replicaCores: 0.25, zones: 1, p99Ms: null }))
  const [deployment] = parseAllDocuments(text)
    .map((one) => one.toJS())
    .filter(Boolean)
  assert.equal(deployment.spec.template.spec.containers[0].resources.requests.cpu, '250m')
  assert.deepEqual(
    deployment.spec.template.spec.topologySpreadConstraints.map(
      (one: { topologyKey: string }) => one.topologyKey,
    ),
    ['kubernetes.io/hostname'],
  )
})

test('comments name the runs, the request and the figures; none of it is read', () => {
  const text = kubernetes(planned())
  for (const said of ['results/one', '20,000 requests/s', 'one of 3 zones', 'session-redis'])
    assert.ok(text.includes(said), said)
  for (const line of text.slice(0, text.indexOf('---')).trim().split('\n')) assert.match(line, /^# /)
})

test('a Compose file with Redis where the scheme has one', () => {
  const { services } = parse(compose(planned()))
  assert.deepEqual(Object.keys(services), ['your-service', 'redis'])
  assert.equal(services['your-service'].deploy.replicas, made().replicas.value)
  const token = { ...planned(), made: made({}, evidence({ redis: null })) }
  assert.deepEqual(Object.keys(parse(compose(token)).services), ['your-service'])
})
