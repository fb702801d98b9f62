/** `authscale completion <shell>`: a script that completes commands, options and the names that options take. */
import type { Command } from 'commander'
import { schemeNames } from '../../servers/scheme.ts'
import { experiments } from '../experiments/index.ts'
import { profileNames } from '../experiments/profiles.ts'

/** What follows an option, where that is one of few words. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  '--profile': profileNames,
  '--schemes': schemeNames,
  '--scheme': schemeNames,
  '--only': experiments.map(({ name }) => name),
}

type Shell = 'bash' | 'zsh' | 'fish'

/** @param program all commands, the default one among them */
export function completionFor(shell: Shell, program: Command, defaultCommand: string): string {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    options: command.options.flatMap(({ long }) => long ?? []),
  }))
  if (shell === 'fish') return fish(commands, defaultCommand)
  const script = bash(commands, defaultCommand)
  return shell === 'bash' ? script : `autoload -U +X bashcompinit && bashcompinit\n${script}`
}

type Commands = readonly { name: string; options: readonly string[] }[]

function bash(commands: Commands, defaultCommand: string): string {
  const names = commands.map(({ name }) => name)
  const reply = (words: readonly string[]) => `COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$cur"))`
  const wordsOf = ({ name, options }: Commands[number]) =>
    name === defaultCommand ? [...options, ...names] : options
  return `${[
    '_authscale() {',
    `  local cur="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command=${defaultCommand} word`,
    '  case "$before" in',
    ...Object.entries(VALUES).map(([option, words]) => `    ${option}) ${reply(words)}; return ;;`),
    '  esac',
    `  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do`,
    `    case "$word" in ${names.join('|')}) command="$word"; break ;; esac`,
    '  done',
    '  case "$command" in',
    ...commands.map((command) => `    ${command.name}) ${reply(wordsOf(command))} ;;`),
    '  esac',
    '}',
    'complete -o default -F _authscale authscale',
  ].join('\n')}\n`
}

function fish(commands: Commands, defaultCommand: string): string {
  const names = commands.map(({ name }) => name).join(' ')
  const isNone = `not __fish_seen_subcommand_from ${names}`
  return `${[
    `complete -c authscale -n '${isNone}' -a '${names}'`,
    ...commands.flatMap(({ name, options }) => {
      const isIt = name === defaultCommand ? isNone : `__fish_seen_subcommand_from ${name}`
      return options.map((option) => {
        const values = VALUES[option]
        return `complete -c authscale -n '${isIt}' -l ${option.slice(2)}${values ? ` -x -a '${values.join(' ')}'` : ''}`
      })
    }),
  ].join('\n')}\n`
}
