import { type Job, LedgerError } from "@klingkit/jobs"
import { createJobs, type PromiseJobs } from "@klingkit/jobs/promise"
import { writeSync } from "node:fs"

const jobs: PromiseJobs = createJobs({ outputDir: "videos", ledgerDir: "ledger", limits: { maxUsdPerDay: 1 } })
const operation = "new.t2v.kling-3.0-turbo"
const input = { prompt: "a lighthouse", durationSeconds: 3 }

const [handle] = process.argv.slice(2)
if (handle === undefined) {
  const submitted = await jobs.submit(operation, input)
  writeSync(1, JSON.stringify(submitted.handle))
  process.kill(process.pid, "SIGKILL")
} else {
  // @ts-expect-error A duration is a number.
  const wrong: Promise<Job> = jobs.submit(operation, { prompt: "a lighthouse", durationSeconds: "three" })
  const overBudget = jobs.submit(operation, { prompt: "a lighthouse", durationSeconds: 15, resolution: "1080p" })
  const refused = await Promise.all(
    [wrong, overBudget].map((result) =>
      result.then(
        () => "it was sent",
        (error: unknown) => (error instanceof LedgerError ? error.reason._tag : (error as { code: string }).code)
      )
    )
  )
  const repeated = await jobs.submit(operation, input)
  let polls = 0
  for await (const job of jobs.follow(handle)) polls += job.handle === handle ? 1 : 0
  const { task } = await jobs.wait(handle)
  const [file] = await jobs.download(handle)
  await jobs.close()
  writeSync(1, JSON.stringify({ status: task.status, repeated: repeated.handle, polls, file, refused }))
}
