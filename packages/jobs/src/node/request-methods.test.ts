import { type LedgerCharge, runEmulator, type RunningEmulator } from "@klingkit/emulator"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { createJobs, type PromiseJobs, type PromiseJobsOptions } from "./promise-jobs.ts"

let emulator: RunningEmulator
let folder: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "klingkit-methods-"))
  for (const name of Object.keys(process.env)) if (name.startsWith("KLING")) vi.stubEnv(name, undefined)
  emulator = await runEmulator({ speed: 1_000_000 })
  vi.stubEnv("KLINGAI_API_KEY", emulator.apiKey)
  vi.stubEnv("KLINGAI_BASE_URL", emulator.url)
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await emulator.close()
  rmSync(folder, { recursive: true, force: true })
})

const using = async <A>(use: (jobs: PromiseJobs) => Promise<A>, options: PromiseJobsOptions = {}): Promise<A> => {
  await using jobs = createJobs({ ledgerDir: join(folder, "ledger"), outputDir: join(folder, "out"), ...options })
  return await use(jobs)
}

const charged = async (): Promise<ReadonlyArray<string>> => {
  const answer = await fetch(`${emulator.url}/_emulator/ledger`)
  const { charges } = (await answer.json()) as { readonly charges: ReadonlyArray<LedgerCharge> }
  return charges.map(({ operation }) => operation)
}

const injectFault = (fault: Readonly<Record<string, unknown>>) =>
  fetch(`${emulator.url}/_emulator/faults`, { method: "POST", body: JSON.stringify({ faults: [fault] }) })

const fox = { prompt: "A fox", durationSeconds: 5 }
const lipSync = ["legacy.tts", "legacy.identify-face", "legacy.advanced-lip-sync"]

describe("the methods of requests", () => {
  it("submit once, whatever is repeated under one key", async () => {
    await using(async (jobs) => {
      const { handle, task } = await jobs.video.create("kling-2.6", fox, { idempotencyKey: "shot 1" })
      expect([handle, task.status]).toEqual([expect.stringMatching(/^kk-t2v-/), "submitted"])
      const again = await jobs.video.create("kling-2.6", fox, { idempotencyKey: "shot 1" })
      expect(again).toMatchObject({ handle, isDuplicate: true })
      await jobs.wait(handle)
      const extended = await jobs.video.extend({ video: handle, prompt: "It runs" })
      expect((await jobs.wait(extended.handle)).task.status).toBe("succeed")
    })
    expect(await charged()).toEqual(["new.t2v.kling-2.6", "new.omni.kling-3.0-omni"])
  })

  it("return the finished job of a synchronous request, which is not paid again", async () => {
    await using(async (jobs) => {
      const options = { idempotencyKey: "speech" }
      const spoken = await jobs.audio.speech({ text: "Good morning to everybody in this room" }, options)
      expect(spoken.task).toMatchObject({ status: "succeed", outputs: [{ type: "audio" }] })
      const [file] = await jobs.download(spoken)
      const again = await jobs.audio.speech({ text: "Good morning to everybody in this room" }, options)
      expect(again).toMatchObject({
        handle: spoken.handle,
        isDuplicate: true,
        record: { files: [{ path: file?.path }] }
      })
    })
    expect(await charged()).toEqual(["legacy.tts"])
  })

  it("do not repeat a synchronous request whose answer was lost, and say so", async () => {
    await injectFault({ fault: "commit-then-drop", on: "legacy.tts" })
    await using(async (jobs) => {
      const speak = () =>
        jobs.audio.speech({ text: "Good morning to everybody in this room" }, { idempotencyKey: "speech" })
      await expect(speak()).rejects.toMatchObject({ wasCharged: "maybe" })
      await expect(speak()).rejects.toMatchObject({ reason: { _tag: "SubmissionUnknown" } })
    })
    expect(await charged()).toEqual(["legacy.tts"])
  })

  it("return the pipeline of a request of several steps, each paid once", async () => {
    await using(async (jobs) => {
      const input = { video: "https://example.com/face.mp4", text: "Good morning to everybody in this room" }
      const { handle } = await jobs.video.lipSync(input, { idempotencyKey: "talk" })
      expect(handle).toMatch(/^kk-chain-/)
      expect((await jobs.wait(handle)).task).toMatchObject({ status: "succeed", outputs: [{ type: "video" }] })
      expect(await jobs.video.lipSync(input, { idempotencyKey: "talk" })).toMatchObject({ handle, isDuplicate: true })
    })
    expect(await charged()).toEqual(lipSync)
  })

  it("show a plan and its price, which can be approved", async () => {
    await using(
      async (jobs) => {
        const plan = await jobs.plan.video.create("kling-3.0", fox)
        expect(plan.quote).toMatchObject({ state: "exact", priceUsd: expect.any(Number) })
        await expect(jobs.video.create("kling-3.0", fox)).rejects.toMatchObject({ code: "JOB_NOT_APPROVED" })
        const approval = await jobs.approvePlan(plan)
        await jobs.video.create("kling-3.0", fox, { approval })
        const talk = { video: "https://example.com/face.mp4", text: "Good morning to everybody in this room" }
        const approved = { approval: await jobs.approvePlan(await jobs.plan.video.lipSync(talk)) }
        await jobs.wait((await jobs.video.lipSync(talk, approved)).handle)
      },
      { limits: { confirmAboveUsd: 0.001 } }
    )
    expect(await charged()).toEqual(["new.t2v.kling-3.0", ...lipSync])
  })

  it("create, list and delete an element; only jobs are in the ledger", async () => {
    await using(async (jobs) => {
      const images = ["https://example.com/front.png", "https://example.com/side.png"]
      const { handle } = await jobs.element.create({ name: "fox", description: "A fox", images })
      const [made] = (await jobs.wait(handle)).task.outputs
      expect(await jobs.element.list()).toEqual([made])
      await jobs.element.delete({ elementId: made?.type === "element" ? made.id : "" })
      expect(await jobs.element.list({ page: 1 })).toEqual([])
      expect(await jobs.voice.list({ presets: true, pageSize: 1 })).toMatchObject([{ type: "voice", ownedBy: "kling" }])
      expect((await jobs.history()).jobs).toHaveLength(1)
    })
  })

  it("name the program's own fields in their errors", async () => {
    const wrong = using((jobs) => jobs.video.create("kling-3.0", { prompt: "A fox", lastImage: "https://e.com/a.png" }))
    await expect(wrong).rejects.toThrow("lastImage requires a first frame (image)")
    expect(await charged()).toEqual([])
  })
})
