/** Makes records that an older version wrote into ones of this version: what was not recorded then is null. */

/**
 * What turns a record of version N into one of version N + 1, by N; pure functions, tested on records that their
 * version wrote. What is in a record decides what it is, since all kinds share one version.
 */
export const migrations: Readonly<Record<number, (record: object) => object>> = {
  1: from1,
  2: from2,
}

/**
 * Version 2 has rules and gates, open-loop load, and checks of each window. The warnings of version 1 came from
 * limits in the code: they stay as they were, and no gate judges these records again.
 */
function from1(record: object): object {
  const next = { ...record, schemaVersion: 2 }
  if ('plan' in next) {
    const { plan } = next as { plan: object[] }
    return { ...next, plan: plan.map(warmedUpByTime), rules: null }
  }
  if ('pairs' in next) return { ...next, openLoop: null }
  if (!('ok' in next)) return next
  const { trial } = next as { trial?: object }
  Object.assign(next, { trial: warmedUpByTime(trial ?? {}), rungs: [] })
  if (next.ok !== true) return { ...next, rejectedBy: [], measurement: null }
  const unknown = { littleRatio: null, replicaWaitShare: null, throttledShare: null, cpuTrend: null }
  const { measurement } = next as { measurement?: object }
  return { ...next, measurement: { ...measurement, arrivals: null, checks: unknown } }
}

function warmedUpByTime(trial: object): object {
  const { arm } = trial as { arm?: object }
  return { ...trial, arm: { ...arm, warmupRequests: 0 } }
}

/** Version 3 has arms that differ in settings and CPU quotas, predictions, journeys and TLS; version 2 had none. */
function from2(record: object): object {
  const next = { ...record, schemaVersion: 3 }
  if ('plan' in next) {
    const { plan } = next as { plan: object[] }
    return { ...next, plan: plan.map(asItIs), predictions: [] }
  }
  if (!('ok' in next)) return next
  const { trial, rungs, measurement } = next as {
    trial?: object
    rungs?: object[]
    measurement?: object | null
  }
  return {
    ...next,
    trial: asItIs(trial ?? {}),
    rungs: rungs?.map((rung) => ({
      ...rung,
      measurement: ofReads((rung as { measurement?: object }).measurement),
    })),
    measurement: measurement && ofReads(measurement),
  }
}

/** An arm's id ended in what set it apart: `users/none/u1000`. */
function asItIs(trial: object): object {
  const { arm } = trial as { arm?: { id?: string } }
  const last = arm?.id?.split('/')[2] ?? null
  const variant = last === 'twin' ? null : last
  const stack = { comparedWith: null, heldOut: false, quotas: null, settings: {} }
  return { ...trial, arm: { ...arm, variant, ...stack } }
}

function ofReads(measurement: object | undefined): object {
  return { ...measurement, journeys: null, handshakes: null, protocols: null }
}
