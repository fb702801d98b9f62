/** Completion, in a real bash: commands, their options, and the names that options take. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { before, test } from 'node:test'
import { run } from '../testing/cli.ts'

let script = ''
before(async () => {
  const { code, stdout } = await run(['completion', 'bash'])
  assert.equal(code, 0)
  script = stdout
})

/** What bash offers for the last of the words. */
function offered(...words: string[]): string[] {
  const line = ['authscale', ...words].map((word) => `'${word}'`).join(' ')
  const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _authscale; printf '%s\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', `${script}\n${ask}`], { encoding: 'utf8' })
  assert.equal(stderr, '')
  return stdout.split('\n').filter((word) => word !== '')
}

test('commands, and options of the default one', () => {
  assert.ok(offered('pl').includes('plan'))
  assert.ok(offered('--pro').includes('--profile'))
})

test('options of the command that is there already', () => {
  assert.deepEqual(offered('compare', '--fail'), ['--fail-on'])
  assert.ok(!offered('compare', '--').includes('--profile'))
})

test('names of profiles and schemes', () => {
  assert.deepEqual(offered('--profile', 'qu'), ['quick'])
  assert.ok(offered('plan', '--scheme', 'jwt-hs').includes('jwt-hs256'))
})

test('scripts for the other shells name the same, and a shell that is none is wrong use', async () => {
  assert.match((await run(['completion', 'zsh'])).stdout, /bashcompinit[\s\S]*_authscale/)
  assert.match((await run(['completion', 'fish'])).stdout, /__fish_seen_subcommand_from plan' -l scheme/)
  const wrong = await run(['completion', 'tcsh'])
  assert.equal(wrong.code, 2)
  assert.match(wrong.stderr, /tcsh.*bash, zsh, fish/)
})
