// Loaded before a server. At each SIGUSR2 it prints what the process has used since the one before, and collects garbage.
import { writeSync } from "node:fs"

let last = process.cpuUsage()
process.on("SIGUSR2", () => {
  const { user, system } = process.cpuUsage(last)
  const measured = { cpuMicros: user + system, peakKilobytes: process.resourceUsage().maxRSS }
  globalThis.gc()
  writeSync(2, `MEASURED ${JSON.stringify(measured)}\n`)
  last = process.cpuUsage()
})
