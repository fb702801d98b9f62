/** Reads what a page carries, its own or that of another one that was dropped onto it. */
import type { PageData } from '../page-data.ts'

/** A problem that the reader can do something about, as one sentence. */
export class Unreadable extends Error {}

/** @throws Unreadable */
export async function unpacked(base64: string): Promise<unknown> {
  try {
    const bytes = Uint8Array.from(atob(base64.trim()), (letter) => letter.charCodeAt(0))
    return JSON.parse(await gunzipped(new Blob([bytes])))
  } catch (cause) {
    throw new Unreadable('the figures in it are damaged: make it anew with npm run report', { cause })
  }
}

export function gunzipped(content: Blob): Promise<string> {
  return new Response(content.stream().pipeThrough(new DecompressionStream('gzip'))).text()
}

/** What another report page carries. Throws Unreadable. */
export async function fromPage(html: string): Promise<Partial<PageData>> {
  const packed = new DOMParser().parseFromString(html, 'text/html').getElementById('data')?.textContent
  if (!packed) throw new Unreadable('it is no report page of authscale')
  return (await unpacked(packed)) as Partial<PageData>
}
