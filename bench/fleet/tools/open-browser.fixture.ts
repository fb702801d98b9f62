/** Opens a browser and waits to be killed. Its argument, where the browser logs, marks the browser's processes. */
import { openBrowser } from './chromium.ts'

const [netLog = ''] = process.argv.slice(2)
await openBrowser({ netLog })
console.log('open')
