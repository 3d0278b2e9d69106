// Loaded before a server. At each SIGUSR2 it prints what the process has used since the one before, and collects garbage.
import { writeFileSync, writeSync } from "node:fs"

let cpu = process.cpuUsage()
let rss = process.memoryUsage.rss()
process.on("SIGUSR2", () => {
  const { user, system } = process.cpuUsage(cpu)
  const grownKilobytes = process.resourceUsage().maxRSS - rss / 1024
  globalThis.gc()
  // Linux then records the peak anew; elsewhere it is that of the whole run.
  if (process.platform === "linux") writeFileSync("/proc/self/clear_refs", "5")
  rss = process.memoryUsage.rss()
  writeSync(2, `MEASURED ${JSON.stringify({ cpuMicros: user + system, grownKilobytes })}\n`)
  cpu = process.cpuUsage()
})
