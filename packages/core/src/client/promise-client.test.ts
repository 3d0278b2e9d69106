import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest"
import { KlingError } from "../errors/kling-error.ts"
import { newRecord } from "../testing/fake-tasks.ts"
import { createKling, type PromiseClient } from "./promise-client.ts"

interface SentRequest {
  readonly method: string
  readonly url: string
  readonly authorization: string
  readonly body: Record<string, unknown>
}

const requests: Array<SentRequest> = []
let answer: (request: SentRequest, signal: AbortSignal | undefined) => Promise<Response> | Response
const json = (value: unknown) => Response.json(value)
const succeeded = (data: unknown) => json({ code: 0, message: "SUCCEED", data })
const task = { taskId: "77", externalId: "order-7", path: "/text-to-video/kling-3.0", createdAt: 5 }

// The runtime reads `fetch` once, so one stub serves all tests.
beforeAll(() => {
  vi.stubGlobal("fetch", (url: URL, init: RequestInit) => {
    const request: SentRequest = {
      method: init.method ?? "GET",
      url: String(url),
      authorization: new Headers(init.headers).get("authorization") ?? "",
      body: init.body instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(init.body)) : {}
    }
    requests.push(request)
    return Promise.resolve(answer(request, init.signal ?? undefined))
  })
})

afterAll(() => void vi.unstubAllGlobals())

afterEach(() => {
  requests.length = 0
  vi.unstubAllEnvs()
})

const using = async <A>(use: (kling: PromiseClient) => Promise<A>, options = { apiKey: "key-1" }): Promise<A> => {
  await using kling = createKling(options)
  return await use(kling)
}
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "it succeeded",
    (error: unknown) => error
  )

describe("a program without Effect", () => {
  it("submits, waits and lists with promises", async () => {
    answer = (request) => {
      if (request.method === "GET") return succeeded([newRecord(task, "succeeded")])
      return request.url.endsWith("/tasks")
        ? succeeded({ result: [newRecord(task, "succeeded")], has_more: false })
        : succeeded(newRecord(task, "submitted"))
    }
    await using(async (kling) => {
      const submitted = await kling.submit("new.t2v.kling-3.0", { prompt: "a cat" }, { externalTaskId: "order-7" })
      expect(submitted).toMatchObject({ handle: "order-7", task: { id: "77", status: "submitted" } })
      const statuses: Array<string> = []
      const finished = await kling.wait(submitted.handle, { onTask: (one) => statuses.push(one.status) })
      expect(finished.outputs).toMatchObject([{ type: "video" }])
      expect(statuses).toEqual(["succeed"])
      expect(await kling.task("77")).toEqual(finished)
      const listed = []
      for await (const one of kling.tasks()) listed.push(one.id)
      expect(listed).toEqual(["77"])
    })
    expect(requests[0]).toMatchObject({
      url: "https://api-singapore.klingai.com/text-to-video/kling-3.0",
      authorization: "Bearer key-1",
      body: { prompt: "a cat", options: { external_task_id: "order-7" } }
    })
  })

  it("gets typed outputs of synchronous operations", async () => {
    answer = () => succeeded({ resource_pack_subscribe_infos: [] })
    const costs = await using((kling) => kling.call("account.costs", { startTime: 0, endTime: 1 }))
    expect(costs.resource_pack_subscribe_infos).toEqual([])
  })

  it("gets a KlingError when a call fails", async () => {
    answer = () => json({ code: 1102, message: "Account balance not enough" })
    const errors = await using((kling) =>
      Promise.all([
        failureOf(kling.submit("new.t2v.kling-3.0", { prompt: "a cat" })),
        failureOf(kling.call("account.costs", { startTime: 0, endTime: 1 })),
        failureOf(kling.task("77")),
        failureOf(kling.wait("77")),
        failureOf(kling.tasks()[Symbol.asyncIterator]().next())
      ])
    )
    for (const error of errors) {
      expect(error).toBeInstanceOf(KlingError)
      expect(error).toMatchObject({ code: "KLING_QUOTA_EXCEEDED" })
    }
    // A read is free, and says nothing of what the task costs that it was to read.
    const charged = ["no", "no", "maybe", "maybe", "no"]
    expect(errors).toMatchObject(charged.map((wasCharged) => ({ wasCharged })))
  })

  it("learns which variable to set when there is no credential, without a request", async () => {
    for (const name of [
      "KLINGAI_API_KEY",
      "KLINGAI_ACCESS_KEY",
      "KLINGAI_SECRET_KEY",
      "KLING_ACCESS_KEY",
      "KLING_SECRET_KEY"
    ]) {
      vi.stubEnv(name, "")
    }
    const error = await failureOf(using((kling) => kling.task("77"), {} as { apiKey: string }))
    expect(error).toMatchObject({ code: "KLING_MISSING_CREDENTIALS", wasCharged: "maybe" })
    expect(requests).toEqual([])
  })
})

describe("credential and base URL", () => {
  const requestWith = async (options: Parameters<typeof createKling>[0]) => {
    answer = () => succeeded([newRecord(task, "succeeded")])
    await using kling = createKling(options)
    await kling.task("77")
    return [requests.at(-1)?.url.split("/tasks")[0], requests.at(-1)?.authorization]
  }

  it("each come from the environment when not given", async () => {
    vi.stubEnv("KLINGAI_API_KEY", "key-2")
    vi.stubEnv("KLINGAI_BASE_URL", "http://localhost:4010")
    expect(await requestWith({})).toEqual(["http://localhost:4010", "Bearer key-2"])
    expect(await requestWith({ apiKey: "key-3" })).toEqual(["http://localhost:4010", "Bearer key-3"])
    expect(await requestWith({ region: "china" })).toEqual(["https://api-beijing.klingai.com", "Bearer key-2"])
  })

  it("that are incomplete are not completed from the environment", async () => {
    vi.stubEnv("KLINGAI_SECRET_KEY", "someone-else")
    const error = await failureOf(requestWith({ accessKey: "mine" }))
    expect(error).toMatchObject({ reason: { _tag: "MissingCredentials", settings: ["secretKey"] } })
  })
})

describe("a signal", () => {
  const hanging = () => {
    const { promise, resolve } = Promise.withResolvers<Response>()
    answer = () => promise
    return resolve
  }

  it("that is already aborted sends nothing", async () => {
    const error = await using((kling) =>
      failureOf(
        kling.submit(
          "new.t2v.kling-3.0",
          { prompt: "a cat" },
          { signal: AbortSignal.abort("no more"), externalTaskId: "order-7" }
        )
      )
    )
    expect(error).toBe("no more")
    expect(requests).toEqual([])
  })

  it("ends the wait for a read with its own reason", async () => {
    hanging()
    const controller = new AbortController()
    await using(async (kling) => {
      const ends = [kling.task("77", controller), kling.wait("77", controller)].map(failureOf)
      await expect.poll(() => requests).toHaveLength(2)
      controller.abort("no more")
      expect(await Promise.all(ends)).toEqual(["no more", "no more"])
    })
  })

  it("ends only the wait for a create: the request continues, and the error says how to find the task", async () => {
    const resolve = hanging()
    const controller = new AbortController()
    let wasAborted = false
    const original = answer
    answer = (request, signal) => {
      signal?.addEventListener("abort", () => (wasAborted = true))
      return original(request, signal)
    }
    await using(async (kling) => {
      const end = failureOf(kling.submit("new.t2v.kling-3.0", { prompt: "a cat" }, controller))
      await expect.poll(() => requests).toHaveLength(1)
      controller.abort()
      const error = (await end) as KlingError
      const { externalTaskId } = error.reason as { externalTaskId: string }
      expect(error.reason._tag).toBe("SubmissionUnknown")
      expect(requests[0]?.body).toMatchObject({ options: { external_task_id: externalTaskId } })
      expect(error.wasCharged).toBe("maybe")
    })
    expect(wasAborted).toBe(false)
    resolve(succeeded(newRecord(task, "submitted")))
  })
})
