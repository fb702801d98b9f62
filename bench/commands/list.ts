/** `npm run bench -- list`: what there is to measure. */
import { schemeNames, schemes } from '../../servers/scheme.ts'
import { experiments } from '../experiments/index.ts'
import { profileNames, profiles } from '../experiments/profiles.ts'

export async function list(): Promise<void> {
  console.log('schemes')
  for (const name of schemeNames)
    console.log(`  ${name.padEnd(20)} ${(await schemes[name]()).scheme.summary}`)
  console.log('experiments')
  for (const { name, question } of experiments) console.log(`  ${name.padEnd(20)} ${question}`)
  console.log('profiles')
  for (const name of profileNames) console.log(`  ${name.padEnd(20)} ${profiles[name].summary}`)
}
