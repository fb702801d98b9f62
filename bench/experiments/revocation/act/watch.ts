/** Uses one login at every replica, back to back, across its revocation and until every replica has refused for long. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Client, Login, Place } from '../../../observe/client.ts'
import { isAccepted, nowMs, type Operation } from '../../../observe/history.ts'

interface Watching {
  client: Pick<Client, 'use'>
  places: readonly Place[]
  pace: { pollMs: number; quietMs: number }
  closed: AbortSignal
}

export interface Watched {
  revocation: Operation
  /** From the acknowledgement to the start of the last accepted use; null: none that began later was accepted. */
  lastAcceptedMs: number | null
  /** From the acknowledgement to the start of the first use after that; null: the end of the window came before. */
  refusedFromMs: number | null
}

/** Later than this many pauses after the acknowledgement, pauses are this part of the time since. */
const PRECISION = 100

/** What one replica has answered so far. */
interface Track {
  lastAcceptedMs: number | null
  /** Start of the first refused use since the last accepted one. */
  refusedFromMs: number | null
}

/** @param revoke is called once every replica has been asked */
export async function watch(
  { client, places, pace, closed }: Watching,
  login: Login,
  revoke: () => Promise<Operation>,
): Promise<Watched> {
  let revocation: Operation | undefined
  let isOver = false
  const tracks = places.map((): Track => ({ lastAcceptedMs: null, refusedFromMs: null }))
  const isQuiet = (atMs: number) =>
    tracks.every(({ refusedFromMs }) => refusedFromMs !== null && atMs - refusedFromMs >= pace.quietMs)

  const poll = async (place: Place, track: Track) => {
    while (!isOver && !closed.aborted) {
      const isAfter = revocation !== undefined
      const operation = await client.use(login, place)
      if (isAfter) note(track, operation)
      if (isAfter && isQuiet(operation.endMs)) isOver = true
      else await delay(pauseMs(pace.pollMs, revocation))
    }
  }
  const polls = tracks.map((track, i) => poll(places[i] as Place, track))
  await delay(pace.pollMs)
  revocation = await revoke()
  if (!isAccepted(revocation)) isOver = true
  await Promise.all(polls)
  return { revocation, ...since(revocation.endMs, tracks, isOver) }
}

function note(track: Track, operation: Operation): void {
  if (isAccepted(operation)) {
    track.lastAcceptedMs = operation.startMs
    track.refusedFromMs = null
  } else if (operation.status !== null) track.refusedFromMs ??= operation.startMs
}

const pauseMs = (pollMs: number, revocation: Operation | undefined) =>
  revocation ? Math.max(pollMs, (nowMs() - revocation.endMs) / PRECISION) : pollMs

function since(acknowledgedMs: number, tracks: readonly Track[], isQuiet: boolean) {
  const accepted = tracks.flatMap(({ lastAcceptedMs }) => lastAcceptedMs ?? [])
  const refused = tracks.flatMap(({ refusedFromMs }) => refusedFromMs ?? [])
  return {
    lastAcceptedMs: accepted.length === 0 ? null : Math.max(...accepted) - acknowledgedMs,
    refusedFromMs: isQuiet ? Math.max(...refused) - acknowledgedMs : null,
  }
}
