// Runs the checks, then the tests of one lane (tests/lanes.ts): the argument, else `full` on CI and `standard` elsewhere.
// A check counts as one test. The last line is `N passed, N failed, N skipped`.
// Fails if no test ran, or if a test was skipped on CI.
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const lane = process.argv[2] ?? (process.env.CI === "true" ? "full" : "standard")
const bin = join(root, "node_modules", ".bin")
const env = {
  ...process.env,
  LANE: lane,
  PATH: `${bin}${delimiter}${process.env.PATH ?? ""}`,
  TURBO_TELEMETRY_DISABLED: "1",
  TURBO_NO_UPDATE_NOTIFIER: "1"
}
const turbo = (task) => ["turbo", "run", task, "--continue", "--output-logs=errors-only"]

const checks = {
  format: ["oxfmt", "--check"],
  lint: ["oxlint", "--type-aware"],
  types: turbo("typecheck"),
  ...(lane === "quick" ? {} : { "effect diagnostics": turbo("diagnose"), "unused code": ["knip"] })
}

const run = ([command, ...args], stdio) =>
  spawnSync(command, args, { cwd: root, env, stdio, encoding: "utf8", shell: process.platform === "win32" })

const started = performance.now()
const secondsSince = (time) => `${((performance.now() - time) / 1000).toFixed(1)} s`
const count = { passed: 0, failed: 0, skipped: 0 }
const print = (line) => process.stdout.write(`${line}\n`)
print(` lane: ${lane}`)

for (const [name, command] of Object.entries(checks)) {
  const began = performance.now()
  const { status, stdout, stderr, error } = run(command, "pipe")
  const duration = secondsSince(began)
  if (status === 0) {
    count.passed++
    print(` ✓ ${name} (${duration})`)
  } else {
    count.failed++
    print(` ✗ ${name} (${duration}): ${command.join(" ")}\n${stdout ?? ""}${stderr ?? ""}${error?.message ?? ""}`)
  }
}

const folder = mkdtempSync(join(tmpdir(), "klingkit-test-"))
const report = join(folder, "report.json")
const vitest = run(["vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`], "inherit")
try {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
    readFileSync(report, "utf8")
  )
  // A file that fails to load has no tests to count, but is a failure.
  const broken = testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed")
  )
  for (const file of broken) print(` ✗ ${file.name}: ${file.message}`)
  count.passed += numPassedTests
  count.failed += numFailedTests + broken.length
  // Vitest calls the tests of a suite whose set-up failed skipped; they have failed.
  const notRun = testResults
    .filter((file) => file.status === "failed")
    .flatMap((file) => file.assertionResults.filter((test) => test.status === "skipped" || test.status === "pending"))
  for (const test of notRun) print(` ✗ did not run, since its suite failed: ${test.fullName}`)
  count.failed += notRun.length
  count.skipped += numPendingTests + numTodoTests - notRun.length
  if (numPassedTests + numFailedTests === 0) {
    count.failed++
    print(" ✗ no test ran")
  } else if (vitest.status !== 0 && numFailedTests + broken.length === 0) {
    count.failed++
    print(" ✗ vitest failed outside of the tests (see above)")
  }
} catch (error) {
  count.failed++
  print(` ✗ vitest wrote no report: ${error.message}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

const forbidden = process.env.CI === "true" && count.skipped > 0
if (forbidden) print(" ✗ skipped tests are not allowed on CI")
print(` lane: ${lane} (${secondsSince(started)})`)
print(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
process.exitCode = count.failed > 0 || forbidden ? 1 : 0
