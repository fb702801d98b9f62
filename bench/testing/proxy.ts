/** A real HAProxy in front of one server, for tests. */
import { type ProxyPlan, type RunningProxy, startProxy } from '../fleet/proxy/proxy.ts'
import { findHaproxy } from '../fleet/tools/tools.ts'

/** @param path an empty folder; the caller removes it, and stops the proxy */
export async function startProxyAt(
  path: string,
  port: number,
  options: Partial<ProxyPlan> = {},
): Promise<RunningProxy> {
  const note = () => {}
  const folder = {
    path,
    nonce: 'test',
    record: note,
    recordContainer: note,
    recordQuotaParent: note,
    remove: note,
  }
  const replicas = [{ id: 'r1', port }]
  return startProxy({
    tool: await findHaproxy(),
    folder,
    cpus: [],
    port: undefined,
    sticky: false,
    replicas,
    ...options,
  })
}
