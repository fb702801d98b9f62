#!/usr/bin/env node
/**
 * The command. What it starts is TypeScript, which tsx reads; what Node, tsx and others need is looked at before, since they would fail
 * with a stack trace. CommonJS, because Node cannot load a module from every path.
 */
const { mkdtempSync, rmdirSync } = require('node:fs')
const { tmpdir } = require('node:os')
const path = require('node:path')

const TEMPORARY = tmpdir()
/** Node's own loader stumbles at the first, esbuild and pm2 at the others. */
const UNUSABLE = /[\\?*"\p{Cc}]/u

function problem() {
  try {
    process.cwd()
  } catch {
    return 'the folder that you stand in is gone: change to another one'
  }
  try {
    rmdirSync(mkdtempSync(path.join(TEMPORARY, 'authscale-')))
  } catch ({ code }) {
    return `temporary folder: ${TEMPORARY} cannot be written (${code}): make it writable, or set TMPDIR to another folder`
  }
  const root = path.dirname(__dirname)
  const [character] = UNUSABLE.exec(root) ?? []
  if (character === undefined) return null
  const told = `the path of authscale, ${JSON.stringify(root)}, holds ${JSON.stringify(character)}`
  return `${told}, which programs that it starts cannot take: move it to a path without`
}

async function start() {
  const { register } = await import('tsx/esm/api')
  register()
  await import('./cli.ts')
}

const found = problem()
if (found === null) start()
else {
  console.error(`error: ${found}`)
  process.exitCode = 1
}
