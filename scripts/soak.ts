// Kills and cuts off replicas for a while, and checks what is left: node scripts/soak.ts [--minutes 10] [--seed 1]
import { parseArgs } from "node:util"
import { runFaults } from "../tests/hosted/faults.ts"

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "10" }, seed: { type: "string", default: "1" } }
})
const started = performance.now()
const minutes = () => (performance.now() - started) / 60_000
const total = { kills: 0, calls: 0, failed: 0, tasks: 0, mostAtOnce: 0 }
const takeOvers: Array<number> = []
const faults = new Map<string, number>()

for (let seed = Number(values.seed); minutes() < Number(values.minutes) && process.exitCode === undefined; seed++) {
  const print = (line: string) => console.log(`${minutes().toFixed(1)} min, seed ${seed}: ${line}`)
  const report = await runFaults({ seed, kills: 30, killsPerFault: 3, pauseMillis: 2000, outageMillis: 20_000, print })
  for (const [name, count] of Object.entries(report.faults)) faults.set(name, (faults.get(name) ?? 0) + count)
  total.kills += report.faults["kill -9"] ?? 0
  total.calls += report.calls
  total.failed += report.failedCalls
  total.tasks += report.paidTasks
  total.mostAtOnce = Math.max(total.mostAtOnce, report.mostAtOnce)
  takeOvers.push(...report.takeOvers)
  print(`${report.paidTasks} paid tasks, ${report.calls} calls`)
  for (const line of report.contradictions) console.error(`seed ${seed}: ${line}`)
  if (report.contradictions.length > 0) process.exitCode = 1
}

const sorted = takeOvers.toSorted((a, b) => a - b)
const at = (share: number) => (sorted[Math.ceil(sorted.length * share) - 1] ?? 0).toFixed(1)
console.log(`faults: ${[...faults].map(([name, count]) => `${count} x ${name}`).join(", ")}`)
console.log(
  `${total.kills} kills; ${total.calls} calls, of which ${total.failed} failed; ${total.tasks} paid tasks, at most ${total.mostAtOnce} at once`
)
console.log(`${sorted.length} requests taken over: median ${at(0.5)} s, slowest ${at(1)} s`)
console.log(process.exitCode === undefined ? "0 contradictions" : "there are contradictions")
process.exit()
