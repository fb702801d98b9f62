/** autocannon in a process of its own: clients that were connecting when it ended go on connecting for ever. */
import autocannon from 'autocannon'

process.on('message', async (options: autocannon.Options) => process.send?.(await autocannon(options)))
process.on('disconnect', () => process.exit(0))
process.send?.('ready')
