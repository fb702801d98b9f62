/**
 * Starts the program that lies beside this script, from what V8 compiled of it before: `programs.ts` builds both. The first
 * process that ends well leaves its compiled code to all later ones. Where there is none, or none of this V8 and its flags,
 * a start only takes longer.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { cachedDataVersionTag } from 'node:v8'
import { constants, Script } from 'node:vm'

const [, script = ''] = process.argv
const file = script.replace(/\.cjs$/, '.js')
const codeFile = `${file}.${cachedDataVersionTag()}`
const cachedData = earlierCode()
const program = new Script(
  `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`,
  {
    filename: file,
    ...(cachedData && { cachedData }),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  },
)
if (!cachedData || program.cachedDataRejected)
  process.once('exit', (code) => {
    // Who is refused at once has not compiled what others need.
    if (code === 0) leaveCode()
  })
const module = { exports: {} }
program.runInThisContext()(module.exports, createRequire(file), module, file, path.dirname(file))

function earlierCode(): Buffer | undefined {
  try {
    return readFileSync(codeFile)
  } catch {
    return undefined
  }
}

/** At the end, so that what is only compiled when it is called is among it. */
function leaveCode(): void {
  const own = `${codeFile}.${process.pid}`
  try {
    writeFileSync(own, program.createCachedData())
    renameSync(own, codeFile)
  } catch {
    // The next one tries as well.
  }
}
