/** The commands. Everything is done elsewhere; this file says what there is and how it is spelled. */
import './commands/node-version.ts'
import { readFileSync } from 'node:fs'
import { Argument, Command } from 'commander'
import { EXIT_CODES, exitWith } from './commands/exit.ts'
import * as take from './commands/options.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

// What a user masks for his own files, he has to be able to write and read himself: a run folder else outlives its run.
process.umask(process.umask() & 0o077)

const program = new Command('authscale')
  .version(version)
  .exitOverride()
  .description('Sessions or tokens? Measure both, on your own machine.')
  .showHelpAfterError('(--help shows the commands and options)')
  .enablePositionalOptions()

/** A command is loaded when it is called for: who mistypes an option need not wait for what draws charts. */
function command<Words extends unknown[]>(
  name: string,
  load: () => Promise<(...words: Words) => Promise<void>>,
): Command {
  return program.command(name).action(async (...words: Words) => (await load())(...words))
}

const DEFAULT = 'run'
const run = program
  .command(DEFAULT, { isDefault: true })
  .description('measure, and write a run with its report (the default)')
  .option(
    '--profile <name>',
    'smoke, quick, standard or full; npm run bench -- list has them all',
    take.profileName,
    'standard',
  )
  .option('--only <experiments>', 'only these experiments, comma-separated', take.experimentList)
  .option('--schemes <names>', 'only these schemes, beside the control', take.schemeList)
  .option(
    '--arm <arm>',
    'another version beside the control, e.g. session-redis@express-session=1.18, and nothing else; again for one more',
    take.arm,
  )
  .option(
    '--against <commit>',
    'the servers of another commit beside those of this checkout, and nothing else; for the schemes of --schemes',
  )
  .option(
    '--fail-above <share>',
    'with --against: end with 1 where more CPU than that was detected; default 5%',
    take.share,
  )
  .option(
    '--replicas <counts>',
    'numbers of replicas for the replicas experiment, e.g. 1,2,4',
    take.replicaCounts,
  )
  .option('--users <n>', 'distinct logged-in users (1 to 1,000,000)', take.users)
  .option('--popularity <law>', 'how users are drawn: uniform, or zipf:<exponent>', take.popularity)
  .option('--max-users <n>', 'highest level of the users experiment (1 to 1,000,000)', take.users)
  .option('--connections <n>', 'closed-loop connections', take.wholeNumber(1, 10_000))
  .option('--trials <n>', 'blocks: independent repeats of every arm', take.wholeNumber(1, 1_000))
  .option('--duration <sec>', 'length of the measurement window', take.seconds)
  .option(
    '--rates <list>',
    'arrivals a second of the cost and latency experiments, e.g. 200,1000,2000',
    take.arrivalRates,
  )
  .option(
    '--handler-us <list>',
    'CPU that each request of the cost experiment takes beside auth, in µs, e.g. 0,500',
    take.handlerWork,
  )
  .option('--slo <bounds>', 'the latency asked for; default p99<=50ms,errors<=0.1%', take.slo)
  .option('--precision <share>', 'end early when intervals are this narrow, e.g. 5%', take.share)
  .option('--generators <n>', 'processes that send the load', take.wholeNumber(1, 16))
  .option('--seed <n>', 'order of the trials within their blocks', take.wholeNumber(0, 2 ** 31 - 1))
  .option(
    '--port <n>',
    'fixed port for the proxy; by default a free one is chosen',
    take.wholeNumber(1, 65_535),
  )
  .option('--out <dir>', 'folder for the run; default results/<date>-<machine>')
  .option('--resume [run]', 'go on with an unfinished run; without a name the newest')
  .option('--json', 'print the summary alone, as JSON; progress goes to standard error')
  .option('--markdown', 'with --against: print the answer alone, for a pull request')
  .option('--verbose', 'a line for each trial, that stays')
  .allowExcessArguments()
  .action(async (options, { args: [unknown] }: Command) => {
    const names = program.commands.map((command) => command.name()).join(', ')
    if (unknown) program.error(`error: unknown command '${unknown}'; there are: ${names}`)
    const { bench } = await import('./commands/run.ts')
    return bench(options)
  })

command('list', async () => (await import('./commands/list.ts')).list).description(
  'print schemes, experiments and profiles',
)

command('doctor', async () => (await import('./commands/doctor.ts')).doctor)
  .description('say what was found (✓), what is missing (✗), and what costs something (!)')
  .option('--json', 'the same for programs')

command('report', async () => (await import('./commands/report.ts')).report)
  .description('derive summary, report, page and charts from the raw records again')
  .argument('<run>', 'folder of a run')
  .option('--json', 'print the summary alone, as JSON')

command('plan', async () => (await import('./commands/plan.ts')).planCapacity)
  .description('how many replicas, Redis primaries and proxy cores a load needs, from a run')
  .option('--scheme <name>', 'plan for this scheme', take.schemeName)
  .option('--compare <names>', 'plan for several schemes, side by side', take.schemeList)
  .requiredOption('--rps <n>', 'requests per second of all users together', take.amount(1e9))
  .requiredOption('--users <n>', 'users that are logged in at the same time', take.wholeNumber(1, 1e12))
  .option(
    '--p99 <ms>',
    'the bound that 99 in 100 response times keep; none: sizes by CPU alone',
    take.bound(60_000),
    50,
  )
  .option('--headroom <share>', 'share of every tier that stays free', take.headroom, 0.3)
  .option(
    '--survive <n>',
    'units of each tier that may fail at once; default 1 where the load takes more than one',
    take.wholeNumber(0, 100),
  )
  .option(
    '--zones <n>',
    'zones over which units are spread, and one of which may be lost',
    take.wholeNumber(1, 20),
    1,
  )
  .option('--deploy <how>', 'rolling: a quarter of the units is away meanwhile', take.deploy, 'at-once')
  .option('--replica-cores <n>', 'cores of a replica', take.amount(256), 1)
  .option(
    '--handler-us <us>',
    'CPU that the routes of your own service take in a request',
    take.handlerTime,
    0,
  )
  .option('--redis-rtt-ms <ms>', 'from a replica to Redis and back', take.roundTrip, 0)
  .option('--logins-per-sec <n>', 'logins of all users together; default none', take.loginRate)
  .option('--logins-a-day <n>', 'the same by the day, of each user', take.loginRate)
  .option('--peak <factor>', 'how many times as many of them come when the day is busiest', take.peak, 1)
  .option('--session-ttl <sec>', 'until a session that nobody uses is let go', take.lifetime, 3600)
  .option('--token-ttl <sec>', 'until an access token has to be renewed', take.lifetime, 300)
  .option('--payload <bytes>', 'state that each login remembers', take.wholeNumber(0, 65_536))
  .option('--price <list>', 'by the month: replica=30,redis=60,proxy-core=20,egress-gb=0.05', take.prices)
  .option(
    '--run <dir>',
    'the run to plan from; default all of one machine that can carry the plan, of the newest',
  )
  .option('--calibrate', 'measure this machine first, about two minutes for each scheme, and plan from that')
  .option('--format <name>', 'text, json, or a file to apply: kubernetes, compose', take.format, 'text')
  .option(
    '--chart <file>',
    'write an SVG: what the schemes take over the load, and where the cheapest changes',
  )
  .option('--json', 'print the plan as JSON, with the trials that each figure rests on')

command('compare', async () => (await import('./commands/compare.ts')).compare)
  .description('say whether runs are comparable, and by how much they differ')
  .argument('<runs...>', 'folders of runs, or ids of published ones; all are compared with the first')
  .option(
    '--fail-on <conditions>',
    'exit with 1 if such a change beside the control is seen, e.g. authTax>10%,throughput<-5%',
    take.conditions,
  )
  .option('--markdown', 'for a pull request')
  .option('--json', 'every ratio with its interval')

command('publish-run', async () => (await import('./commands/publishing/publish-run.ts')).publishRun)
  .description('publish a run under results/published/, or say why not')
  .argument('<run>', 'folder of a run')

command(
  'published',
  async () => (await import('./commands/publishing/published.ts')).refreshPublished,
).description('derive everything from the published runs again, with their index')

command('readme', async () => (await import('./commands/publishing/readme.ts')).readme)
  .description(
    'take the figures of README.md and docs/ from a published run, and its claims from all of that machine',
  )
  .argument('<run>', 'folder of a published run')
  .argument('[checks]', 'folder of the run with the checks of the instrument; default the same')

command('site', async () => (await import('./commands/publishing/site.ts')).site)
  .description('build the page of all runs, the reports and the documents into one folder')
  .option('--out <dir>', 'folder, which is made anew; default site')

command('schema', async () => (await import('./commands/publishing/schema.ts')).schema).description(
  'write the JSON Schema of the result format',
)

command('verify', async () => (await import('./commands/verify.ts')).verify)
  .description('prove the instrument on this machine, in under five minutes')
  .option('--only <proofs>', 'only these proofs, comma-separated', take.names)
  .option('--out <file>', 'write the verdicts as JSON')

command('verify-load', async () => (await import('./commands/verify-load.ts')).verifyLoad)
  .description('compare the load generator with wrk against the same server')
  .option('--pairs <n>', 'ABBA pairs', take.wholeNumber(2, 500), 80)
  .option('--duration <sec>', 'length of each measurement', take.seconds, 1)
  .option('--connections <n>', 'connections of both generators', take.wholeNumber(1, 1_000), 16)
  .option('--out <file>', 'write the figures as JSON')

command('verify-harness', async () => (await import('./commands/verify-harness.ts')).verifyHarness)
  .description('kill a run at random moments, resume it, and look for what is lost or left running')
  .option('--kills <n>', 'how often', take.wholeNumber(1, 10_000), 200)
  .option('--seed <n>', 'of the moments', take.wholeNumber(0, 2 ** 31 - 1), 1)

command('verify-servers', async () => (await import('./commands/verify-servers.ts')).verifyServers)
  .description(
    'send seeded mutations to one server of each scheme: nobody is let in, nothing fails, nothing leaks',
  )
  .option('--seconds <n>', 'how long, for all schemes together', take.seconds, 60)
  .option(
    '--seed <n>',
    'of the mutations; by default another one each time',
    take.wholeNumber(0, 2 ** 31 - 1),
  )
  .option('--scheme <names>', 'only these, comma-separated', take.schemeList)

command('verify-plan', async () => (await import('./commands/verify-plan.ts')).verifyPlan)
  .description('plan for loads that were never measured, start the fleets, and hold both against each other')
  .option('--run <dir>', 'plan from this run; default: as the planner finds them')
  .option('--only <numbers>', 'only these requests, e.g. 1,3', take.replicaCounts)
  .option('--out <file>', 'write all of it as JSON')

command(
  'verify-environments',
  async () => (await import('./commands/verify-environments.ts')).verifyEnvironments,
)
  .description(
    'a short run in each of some forty odd environments: a result or one sentence, and nothing left',
  )
  .option('--only <environments>', 'only these, comma-separated', take.names)

command('verify-page', async () => (await import('./commands/verify-page.ts')).renderTime)
  .description('open its page with two thousand trials, and say how long that takes here')
  .argument('<run>', 'folder of a run')

program
  .command('completion')
  .description('print a script for a shell: source <(authscale completion bash)')
  .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
  .action(async (shell: 'bash' | 'zsh' | 'fish') => {
    const { completionFor } = await import('./commands/completion.ts')
    process.stdout.write(completionFor(shell, program, DEFAULT))
  })

program.addHelpText('after', () => {
  const options = run.helpInformation().replace(/^.*?(?=^Options:)/ms, '')
  const codes = EXIT_CODES.map(([code, meaning]) => `  ${code.padEnd(5)}${meaning}`)
  return `\n${DEFAULT}, the default command:\n${options}\nExit codes:\n${codes.join('\n')}`
})

// A reader that leaves, as in `| head -1`, is no fault: a run goes on, and what it has to keep is in files.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') exitWith(error)
  })

program.parseAsync().then(() => process.exit(), exitWith)
