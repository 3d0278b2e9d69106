// Runs many simulated worlds: node scripts/simulate.ts --seeds 100000 [--from 0]
import { parseArgs } from "node:util"
import { describeFailure, findFailure } from "../tests/simulation/simulate.ts"

const { values } = parseArgs({
  options: { seeds: { type: "string", default: "2000" }, from: { type: "string", default: "0" } }
})
const [seeds, from] = [Number(values.seeds), Number(values.from)]
const started = performance.now()
const failure = await findFailure(from, seeds)
const seconds = ((performance.now() - started) / 1000).toFixed(1)
if (failure === undefined) console.log(`${seeds} worlds from seed ${from} passed (${seconds} s)`)
else {
  console.error(describeFailure(failure))
  process.exitCode = 1
}
