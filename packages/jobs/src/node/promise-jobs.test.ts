import { KlingError } from "@klingkit/core"
import { type LedgerCharge, runEmulator, type RunningEmulator } from "@klingkit/emulator"
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { Job } from "../job.ts"
import { JobError } from "../job-error.ts"
import { LedgerError } from "../ledger/ledger-error.ts"
import { createJobs, type PromiseJobs, type PromiseJobsOptions } from "./promise-jobs.ts"

let emulator: RunningEmulator
let folder: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "klingkit-promise-"))
  // Isolates tests from the environment of the developer, such as limits and the ledger.
  for (const name of Object.keys(process.env)) if (name.startsWith("KLING")) vi.stubEnv(name, undefined)
  await start(1_000_000)
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await emulator.close()
  rmSync(folder, { recursive: true, force: true })
})

const start = async (speed: number): Promise<void> => {
  emulator = await runEmulator({ speed })
  vi.stubEnv("KLINGAI_API_KEY", emulator.apiKey)
  vi.stubEnv("KLINGAI_BASE_URL", emulator.url)
}

/** Restarts the emulator at real speed. */
const restartAtRealSpeed = async (): Promise<void> => {
  await emulator.close()
  await start(1)
}

const using = async <A>(use: (jobs: PromiseJobs) => Promise<A>, options: PromiseJobsOptions = {}): Promise<A> => {
  await using jobs = createJobs({ ledgerDir: join(folder, "ledger"), outputDir: join(folder, "out"), ...options })
  return await use(jobs)
}

const ledger = async () => {
  const answer = await fetch(`${emulator.url}/_emulator/ledger`)
  return (await answer.json()) as {
    readonly charges: ReadonlyArray<LedgerCharge>
    readonly tasks: ReadonlyArray<unknown>
  }
}
const charges = async () => (await ledger()).charges
const tasks = async () => (await ledger()).tasks

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "it succeeded",
    (error: unknown) => error
  )

const operation = "legacy.images.generations"
const imageInput = { model: "kling-v3", prompt: "a lighthouse", n: 2 } as const

describe("a program without Effect", () => {
  it("quotes, submits once, waits, downloads and finds everything again", async () => {
    await using(async (jobs) => {
      expect(await jobs.quote(operation, imageInput)).toMatchObject({ state: "exact", pack: "image", priceUsd: 0.056 })
      const handles: Array<string> = []
      const { handle } = await jobs.submit(operation, imageInput, { onHandle: (each) => void handles.push(each) })
      expect(handles).toEqual([handle])
      expect(await jobs.submit(operation, imageInput)).toMatchObject({ handle, isDuplicate: true })

      const snapshots: Array<Job> = []
      const ended = await jobs.wait(handle, { onJob: (job) => snapshots.push(job) })
      expect(ended.task.status).toBe("succeed")
      expect(snapshots.at(-1)).toEqual(ended)
      const followed = []
      for await (const { task } of jobs.follow(handle)) followed.push(task.status)
      expect(followed).toEqual(["succeed"])

      const saved = await jobs.download(handle, { nameTemplate: "{prompt}" })
      expect(saved.map(({ path }) => existsSync(path))).toEqual([true, true])
      const again = await jobs.download(ended, { nameTemplate: "{prompt}" })
      expect(again).toEqual(saved.map((file) => ({ ...file, isKept: true })))
      writeFileSync(saved[1]?.path ?? "", "mine")
      expect(await failureOf(jobs.download(ended, { nameTemplate: "{prompt}" }))).toMatchObject({
        code: "JOB_FILE_EXISTS",
        wasCharged: "yes"
      })

      expect((await jobs.status(handle)).record?.files).toHaveLength(2)
      const listed = []
      for await (const job of jobs.list()) listed.push(job.handle)
      expect(listed).toEqual([handle])
      expect((await jobs.history({ search: "Lighthouse" })).jobs).toMatchObject([{ handle, state: "FETCHED" }])
    })
    expect(await charges()).toHaveLength(1)
  })

  it("gets an upper bound for a video of unknown duration", async () => {
    const media = { image: "https://example.com/a.jpg", video: "https://example.com/b.mp4" }
    const quote = await using((jobs) => jobs.quote("new.motion.kling-2.6", { ...media, characterOrientation: "video" }))
    expect(quote).toMatchObject({ state: "estimate", upperBound: { priceUsd: expect.any(Number) } })
  })

  it("gets typed results of synchronous operations, within the limits if they are paid", async () => {
    await using(
      async (jobs) => {
        const { resource_pack_subscribe_infos: packs } = await jobs.call("account.costs", { startTime: 0, endTime: 1 })
        expect(packs).toEqual(expect.any(Array))
        const speech = { text: "Good morning", voiceId: "oversea_male1", voiceLanguage: "en" } as const
        expect(await failureOf(jobs.call("legacy.tts", speech))).toMatchObject({ code: "LEDGER_OVER_BUDGET" })
      },
      { limits: { maxUsdPerDay: 0 } }
    )
    expect(await charges()).toEqual([])
  })

  it("cannot call what makes a task, nor submit what answers at once: nothing is sent and no job is made", async () => {
    await using(async (jobs) => {
      // @ts-expect-error It makes a task.
      const called = await failureOf(jobs.call(operation, imageInput))
      expect(called).toMatchObject({ code: "KLING_WRONG_METHOD", next: { _tag: "UseMethod", method: "submit" } })
      // @ts-expect-error It answers at once.
      const submitted = await failureOf(jobs.submit("legacy.tts", { text: "Good morning", voiceId: "a" }))
      expect(submitted).toMatchObject({ code: "KLING_WRONG_METHOD", next: { _tag: "UseMethod", method: "call" } })
      expect((await jobs.history()).jobs).toEqual([])
    })
    expect(await tasks()).toEqual([])
  })

  it("asks for several takes at once: each is a job, approved, limited and replayed as a whole", async () => {
    await using(
      async (jobs) => {
        const variants = 3
        expect(await jobs.quote(operation, imageInput, { variants })).toMatchObject({ priceUsd: 0.168 })
        expect(await failureOf(jobs.submit(operation, imageInput, { variants }))).toMatchObject({
          code: "JOB_NOT_APPROVED"
        })
        const approval = await jobs.approve(operation, imageInput, { variants })
        const handles: Array<string> = []
        const onHandle = (handle: string) => void handles.push(handle)
        const made = await jobs.submit(operation, imageInput, { variants, approval, onHandle })
        expect(made.takes?.map(({ take, handle }) => [take, handle])).toEqual([
          [1, made.handle],
          [2, handles[1]],
          [3, handles[2]]
        ])
        const { model, ...input } = imageInput
        const again = await jobs.image.create(model, input, { variants, isApproved: true })
        expect(again.takes?.map(({ handle, job }) => [handle, job?.isDuplicate])).toEqual(
          handles.map((handle) => [handle, true])
        )
        expect((await jobs.image.create(model, input, { take: 3 })).handle).toBe(handles[2])
        for (const handle of handles) await jobs.wait(handle)
        expect(
          await failureOf(jobs.submit(operation, imageInput, { variants: 4, isApproved: true, take: 4 }))
        ).toMatchObject({ code: "LEDGER_OVER_BUDGET" })
      },
      { limits: { confirmAboveUsd: 0.1, maxUsdPerDay: 0.2 } }
    )
    expect(await charges()).toHaveLength(3)
  })

  it("can pass local files, from folders that it allows", async () => {
    const file = join(folder, "not-an-image.jpg")
    writeFileSync(file, "text")
    const request = { ...imageInput, image: file }
    expect(await failureOf(using((jobs) => jobs.quote(operation, request)))).toBeInstanceOf(JobError)
    const read = await failureOf(using((jobs) => jobs.quote(operation, request), { inputDirs: [folder] }))
    expect(read).toMatchObject({ code: "KLING_INVALID_INPUT" })
  })

  it("can still use the former name of an option", async () => {
    await using(async (jobs) => {
      const { handle } = await jobs.submit(operation, imageInput)
      expect((await jobs.submit(operation, imageInput, { allowRepeat: true })).handle).not.toBe(handle)
    })
    expect(await charges()).toHaveLength(2)
  })

  it("keeps the jobs of several principals apart", async () => {
    const { handle } = await using((jobs) => jobs.submit(operation, imageInput), { principal: "ann" })
    const historyOf = (principal: string) => using((jobs) => jobs.history(), { principal })
    expect((await historyOf("ann")).jobs.map((job) => job.handle)).toEqual([handle])
    expect((await historyOf("ben")).jobs).toEqual([])
  })
})

describe("limits", () => {
  it("stop a request that exceeds them before anything is sent, and an approval lets it pass once", async () => {
    const limits = { confirmAboveUsd: 0.05 }
    await using(
      async (jobs) => {
        expect(await failureOf(jobs.submit(operation, imageInput))).toMatchObject({ code: "JOB_NOT_APPROVED" })
        expect(await charges()).toEqual([])
        const approval = await jobs.approve(operation, imageInput)
        await jobs.submit(operation, imageInput, { approval })
        const again = await failureOf(jobs.submit(operation, imageInput, { approval, allowDuplicate: true }))
        expect(again).toBeInstanceOf(LedgerError)
      },
      { limits }
    )
    expect(await charges()).toHaveLength(1)
  })

  it("have an account of the day: what is charged, reserved, unknown and left", async () => {
    await using(
      async (jobs) => {
        const { handle } = await jobs.submit(operation, imageInput)
        const day = new Date().toISOString().slice(0, 10)
        const rest = { unknownUsd: 0, usedUsd: 0.056, limitUsd: 0.1, leftUsd: 0.044 }
        expect(await jobs.spend()).toEqual({ day, chargedUsd: 0, reservedUsd: 0.056, ...rest })
        await jobs.wait(handle)
        expect(await jobs.spend()).toEqual({ day, chargedUsd: 0.056, reservedUsd: 0, ...rest })
        expect(await failureOf(jobs.submit(operation, imageInput, { take: 2 }))).toMatchObject({
          message:
            "$0.056 of today's limit is used: $0.056 charged; the quote of $0.056 would exceed the limit of $0.10 per day (UTC)",
          reason: { today: await jobs.spend() }
        })
        const { signal } = new AbortController()
        expect(await jobs.spend({ signal })).toEqual(await jobs.spend())
        const { groups, ...week } = await jobs.spend({ since: "7d", by: "model" }, { signal })
        expect(week).toMatchObject({ until: day, chargedUsd: 0.056, tasks: 1, today: await jobs.spend() })
        expect(groups).toMatchObject([{ name: "kling-v3", chargedUsd: 0.056, charges: [{ amount: 16 }] }])
        expect(await failureOf(jobs.spend({ since: "soon" }))).toMatchObject({
          reason: { problems: [{ field: "since" }] }
        })
      },
      { limits: { maxUsdPerDay: 0.1 } }
    )
  })

  it("of the environment apply unless overridden by options", async () => {
    vi.stubEnv("KLINGKIT_MAX_USD_PER_DAY", "0.01")
    const submitted = using((jobs) => jobs.submit(operation, imageInput), { limits: { maxUsdPerCall: 1 } })
    expect(await failureOf(submitted)).toMatchObject({ code: "LEDGER_OVER_BUDGET", wasCharged: "no" })
    await using((jobs) => jobs.submit(operation, imageInput), { limits: { maxUsdPerDay: 1 } })
    expect(await charges()).toHaveLength(1)
  })

  it("that are not a valid amount stop everything", async () => {
    const submitted = using((jobs) => jobs.submit(operation, imageInput), { limits: { maxUsdPerDay: Number.NaN } })
    expect(await failureOf(submitted)).toMatchObject({
      code: "KLING_INVALID_INPUT",
      message: expect.stringContaining("KLINGKIT_MAX_USD_PER_DAY")
    })
    expect(await charges()).toEqual([])
  })
})

describe("the ledger", () => {
  it("is in the given folder, even if the environment names a database", async () => {
    vi.stubEnv("KLINGKIT_DATABASE_URL", "postgres://nobody@localhost:1/none")
    await using((jobs) => jobs.history())
    expect(readdirSync(join(folder, "ledger"))).toContain("ledger.db")
  })
})

describe("a signal", () => {
  it("that is already aborted sends nothing", async () => {
    const signal = AbortSignal.abort("no more")
    await using(async (jobs) => {
      expect(await failureOf(jobs.submit(operation, imageInput, { signal }))).toBe("no more")
      expect(await failureOf(jobs.follow("kk-images-none", { signal })[Symbol.asyncIterator]().next())).toBe("no more")
    })
    expect(await charges()).toEqual([])
  })

  it("stops waiting for a submission, which continues: the error has its handle", async () => {
    const controller = new AbortController()
    await using(async (jobs) => {
      const onHandle = () => controller.abort()
      const error = await failureOf(jobs.submit(operation, imageInput, { signal: controller.signal, onHandle }))
      expect(error).toBeInstanceOf(KlingError)
      const { reason, wasCharged } = error as KlingError
      const [job] = (await jobs.history()).jobs
      expect(reason).toMatchObject({ _tag: "SubmissionUnknown", externalTaskId: job?.handle })
      expect(wasCharged).toBe("maybe")
      expect((await jobs.wait(job?.handle ?? "")).task.status).toBe("succeed")
    })
    expect(await charges()).toHaveLength(1)
  })

  it("stops waiting for a job, never the job itself", async () => {
    await restartAtRealSpeed()
    await using(async (jobs) => {
      const { handle } = await jobs.submit(operation, imageInput)
      const [waiting, following] = [new AbortController(), new AbortController()]
      const wait = jobs.wait(handle, { signal: waiting.signal, onJob: () => waiting.abort("enough") })
      expect(await failureOf(wait)).toBe("enough")
      const statuses: Array<string> = []
      const follow = async () => {
        for await (const { task } of jobs.follow(handle, { signal: following.signal })) {
          statuses.push(task.status)
          following.abort("enough")
        }
      }
      expect(await failureOf(follow())).toBe("enough")
      expect(statuses).toEqual([expect.stringMatching(/submitted|processing/)])
      expect((await jobs.status(handle)).task.status).toMatch(/submitted|processing/)
    })
  })
})

describe("a timeout", () => {
  it("ends a wait, never the job: the error says what is known of its money", async () => {
    await restartAtRealSpeed()
    await using(async (jobs) => {
      const { handle } = await jobs.submit(operation, imageInput)
      const error = await failureOf(jobs.wait(handle, { timeout: "300 millis" }))
      expect(error).toBeInstanceOf(JobError)
      expect(error).toMatchObject({ code: "JOB_NOT_FINISHED", isRetryable: true, wasCharged: "maybe", job: { handle } })
      expect((await jobs.status(handle)).task.status).toMatch(/submitted|processing/)
    })
  })

  it("ends a download, which the next one continues", async () => {
    const post = (faults: ReadonlyArray<object>) =>
      fetch(`${emulator.url}/_emulator/faults`, { method: "POST", body: JSON.stringify({ faults }) })
    await using(async (jobs) => {
      const { handle } = await jobs.submit(operation, { model: "kling-v3", prompt: "a boat" })
      const job = await jobs.wait(handle, { timeout: "1 minute" })
      const [output] = job.task.outputs
      // The first request renders the file.
      await fetch(output?.type === "image" ? output.url : "")
      await post([{ fault: "slow-download", bytesPerSecond: 4000, nth: 1 }])
      const error = await failureOf(jobs.download(job, { timeout: "500 millis" }))
      expect(error).toMatchObject({ code: "JOB_FETCH_TIMED_OUT", wasCharged: "yes", job: { handle, charged: "yes" } })
      expect((error as JobError).suggestion).toContain(`download ${handle} again`)
      const [saved] = await jobs.download(handle, { timeout: "1 minute" })
      const answer = await fetch(`${emulator.url}/_emulator/requests`)
      const { requests } = (await answer.json()) as { requests: ReadonlyArray<{ operation: string; status: number }> }
      expect(requests.flatMap((one) => (one.operation === "files" ? [one.status] : []))).toEqual([200, 200, 206])
      expect(readdirSync(join(folder, "out")).toSorted()).toEqual([`${handle}.png`, `${handle}.png.json`])
      expect(saved?.bytes).toBeGreaterThan(2000)
    })
  })
})

describe("closing", () => {
  it("waits for the answer to a submission, which the next program finds in the ledger", async () => {
    await restartAtRealSpeed()
    const faults = [{ fault: "slow", delayMs: 600 }]
    await fetch(`${emulator.url}/_emulator/faults`, { method: "POST", body: JSON.stringify({ faults }) })
    const submitted = await using(async (jobs) => {
      const handle = Promise.withResolvers<string>()
      const submission = failureOf(jobs.submit(operation, imageInput, { onHandle: handle.resolve }))
      const id = await handle.promise
      await expect.poll(async () => (await tasks()).length).toBeGreaterThan(0)
      return { id, submission }
    })
    expect(await submitted.submission).toMatchObject({
      reason: { _tag: "SubmissionUnknown", externalTaskId: submitted.id },
      wasCharged: "maybe"
    })
    const { jobs: rows } = await using((jobs) => jobs.history())
    expect(rows).toMatchObject([{ handle: submitted.id, state: "ACCEPTED", taskId: expect.any(String) }])
  })
})

describe("a callback that throws", () => {
  it("rejects its promise, but the request is still sent", async () => {
    const onHandle = () => Promise.reject(new Error("disk full"))
    await using(async (jobs) => {
      expect(await failureOf(jobs.submit(operation, imageInput, { onHandle }))).toMatchObject({ message: "disk full" })
      expect((await jobs.history()).jobs).toMatchObject([{ state: "ACCEPTED" }])
    })
    expect(await charges()).toHaveLength(1)
  })
})
