/** Lines of text. */

/** Of a terminal that nobody has made wider. */
const WIDTH = 80

/**
 * @param indent before each line but the first
 * @param taken columns of the first line that something else stands in
 */
export function wrap(text: string, indent = '', taken = 0, width = WIDTH): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    const used = (last?.length ?? 0) + (lines.length === 1 ? taken : 0)
    if (last !== undefined && used + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(last === undefined ? word : indent + word)
  }
  return lines.join('\n')
}
