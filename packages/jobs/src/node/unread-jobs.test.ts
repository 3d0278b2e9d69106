import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { createJobs, type PromiseJobs } from "./promise-jobs.ts"

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "klingkit-unread-"))
  for (const name of Object.keys(process.env)) if (name.startsWith("KLING")) vi.stubEnv(name, undefined)
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

const pipeline = "kk-chain-0123456789abcdefghjkmnpqrs"
const video = "kk-t2v-0123456789abcdefghjkmnpqrs"

const failureOf = async (use: (jobs: PromiseJobs) => Promise<unknown>, options: object): Promise<unknown> => {
  await using jobs = createJobs({ ledgerDir: join(folder, "ledger"), outputDir: folder, ...options })
  return await use(jobs).catch((error: unknown) => error)
}

const unreachable = { apiKey: "api-key-1", baseUrl: "http://127.0.0.1:1" }

/** Each way to ask about a job that was made before. */
const asking: ReadonlyArray<readonly [name: string, ask: (jobs: PromiseJobs, handle: string) => Promise<unknown>]> = [
  ["status", (jobs, handle) => jobs.status(handle)],
  ["wait", (jobs, handle) => jobs.wait(handle)],
  ["follow", (jobs, handle) => jobs.follow(handle)[Symbol.asyncIterator]().next()],
  ["download", (jobs, handle) => jobs.download(handle)]
]

describe.each(asking)("%s of a job that cannot be read", (_name, ask) => {
  it("does not say that it was not charged for want of a credential", async () => {
    const error = await failureOf((jobs) => ask(jobs, video), { baseUrl: "http://127.0.0.1:1" })
    expect(error).toMatchObject({ code: "KLING_MISSING_CREDENTIALS", wasCharged: "maybe", job: { handle: video } })
  })

  it("does not say so where the ledger cannot be read, and says no where it has no such job", async () => {
    expect(await failureOf((jobs) => ask(jobs, pipeline), unreachable)).toMatchObject({
      code: "LEDGER_NOT_FOUND",
      wasCharged: "no"
    })
    rmSync(join(folder, "ledger"), { recursive: true })
    mkdirSync(join(folder, "ledger"))
    writeFileSync(join(folder, "ledger", "ledger.db"), "not a database".repeat(1000))
    expect(await failureOf((jobs) => ask(jobs, pipeline), unreachable)).toMatchObject({
      code: "LEDGER_UNREADABLE",
      wasCharged: "maybe",
      isUnsent: false,
      job: { handle: pipeline }
    })
  })
})
