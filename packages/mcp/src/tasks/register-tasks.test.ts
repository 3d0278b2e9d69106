import { KlingWorld } from "@klingkit/emulator"
import { describe, expect, it, vi } from "vitest"
import { tasksExtension } from "../client-capabilities.ts"
import { connectedClient, textOf } from "../testing/connected-client.ts"
import { emulatedServices } from "../testing/emulated-services.ts"
import { modernRequests } from "../testing/modern-requests.ts"

const extensions = { [tasksExtension]: {} }
const submit = { name: "generate_video", arguments: { prompt: "a cat" } }

const following = (world?: KlingWorld, limits = {}) => {
  const emulated = emulatedServices(world, { limits })
  return {
    ...emulated,
    /** Lets time pass until there is an answer. */
    patiently: async <A>(asked: Promise<A>): Promise<A> => {
      let isAnswered = false
      const answered = asked.finally(() => (isAnswered = true))
      await vi.waitFor(async () => {
        await emulated.pass(1)
        expect(isAnswered).toBe(true)
      })
      return answered
    },
    send: modernRequests(emulated.services, { extensions }),
    plain: modernRequests(emulated.services, {})
  }
}

/** Starts a task; gives its id. */
const started = async (send: ReturnType<typeof modernRequests>, call: Readonly<Record<string, unknown>> = submit) =>
  (await send("tools/call", call)).result?.taskId ?? ""

describe("a paid call of a client that follows tasks", () => {
  it("is a task under our handle, there as soon as it is named, and says that nothing cancels it", async () => {
    const { send, control } = following()
    const { result } = await send("tools/call", submit)
    expect(result).toMatchObject({
      resultType: "task",
      taskId: expect.stringMatching(/^kk-t2v-[0-9a-z]{26}$/),
      status: "working",
      statusMessage: "Task is submitted. Kling cannot cancel: it goes on, and is paid, whether or not anyone waits.",
      ttlMs: 30 * 86_400_000
    })
    const looked = await send("tasks/get", { taskId: result?.taskId })
    expect(looked.result).toMatchObject({
      resultType: "complete",
      taskId: result?.taskId,
      status: "working",
      createdAt: result?.createdAt
    })
    expect((await control("GET ledger")).tasks).toMatchObject([{ externalTaskId: result?.taskId }])
  })

  it.each([
    ["succeed", {}],
    ["failed", { fault: "fail", message: "no faces" }]
  ])("ends with exactly what the status tool says: %s", async (status, fault) => {
    const { send, plain, strike, pass } = following()
    if (status === "failed") await strike(fault)
    const taskId = await started(send)
    await pass(600)
    const ended = await send("tasks/get", { taskId })
    const told = await plain("tools/call", { name: "check_video_status", arguments: { task_id: taskId } })
    expect(ended.result?.status).toBe("completed")
    expect(told.result?.structuredContent).toMatchObject({ status })
    const { content, structuredContent } = told.result ?? {}
    expect(ended.result?.["result"]).toEqual({
      content,
      structuredContent,
      ...(status === "failed" ? { isError: true } : {})
    })
  })

  it("is an ordinary result when there is nothing to follow", async () => {
    const { send, plain, control, pass } = following()
    const wrong = await send("tools/call", { name: "generate_video", arguments: { promt: "x" } })
    expect(wrong.result).toMatchObject({ resultType: "complete", isError: true })
    const free = await send("tools/call", { name: "list_models", arguments: {} })
    expect(free.result).toMatchObject({ resultType: "complete" })
    const taskId = await started(send)
    const looked = await send("tools/call", { name: "check_video_status", arguments: { task_id: taskId } })
    expect(looked.result).toMatchObject({ resultType: "complete", structuredContent: { status: "submitted" } })
    await pass(60)
    await plain("tools/call", { name: "check_video_status", arguments: { task_id: taskId } })
    const repeated = await send("tools/call", submit)
    expect(repeated.result).toMatchObject({ resultType: "complete", structuredContent: { repeated: true } })
    expect((await control("GET ledger")).tasks).toHaveLength(1)
  })

  it("becomes a task only after the person has agreed to its price", async () => {
    const { services, control } = following(new KlingWorld(), { confirmAboveUsd: 0.1 })
    const send = modernRequests(services, { extensions, elicitation: { form: {} } })
    const asked = await send("tools/call", submit)
    expect(asked.result?.resultType).toBe("input_required")
    expect((await control("GET ledger")).tasks).toEqual([])
    const inputResponses = { approval: { action: "accept", content: { approve: true } } }
    const made = await send("tools/call", { ...submit, requestState: asked.result?.requestState, inputResponses })
    expect(made.result?.resultType).toBe("task")
    expect((await control("GET ledger")).tasks).toMatchObject([{ externalTaskId: made.result?.taskId }])
  })

  it("pays once when the caller goes away, and the same call finds the task", async () => {
    const { send, control, strike, pass } = following()
    await strike({ fault: "commit-then-hang" })
    const leaving = new AbortController()
    const call = send("tools/call", submit, leaving.signal)
    await vi.waitFor(async () => expect((await control("GET ledger")).tasks).toHaveLength(1))
    leaving.abort()
    await expect(call).rejects.toBeInstanceOf(Error)
    await pass(0.5)
    const taskId = await started(send)
    await pass(300)
    expect((await send("tasks/get", { taskId })).result?.status).toBe("completed")
    const { tasks, charges } = await control("GET ledger")
    expect(tasks).toMatchObject([{ externalTaskId: taskId }])
    expect(charges).toHaveLength(1)
  })
})

describe("a task", () => {
  it("goes on, is paid, and keeps its result, though its cancellation was asked for", async () => {
    const { send, control, pass } = following()
    const taskId = await started(send)
    const { _meta, ...ack } = (await send("tasks/cancel", { taskId })).result ?? {}
    expect(ack).toEqual({ resultType: "complete" })
    expect((await send("tasks/get", { taskId })).result).toMatchObject({
      status: "working",
      statusMessage: expect.stringContaining("Kling cannot cancel")
    })
    await pass(600)
    expect((await send("tasks/get", { taskId })).result?.status).toBe("completed")
    expect((await control("GET ledger")).charges).toHaveLength(1)
  })

  it("needs no input, whatever is sent", async () => {
    const { send } = following()
    const taskId = await started(send)
    const inputResponses = { approval: { action: "accept", content: { approve: true } } }
    const { _meta, ...ack } = (await send("tasks/update", { taskId, inputResponses })).result ?? {}
    expect(ack).toEqual({ resultType: "complete" })
    expect((await send("tasks/get", { taskId })).result?.status).toBe("working")
  })

  it("is not called dead because Kling cannot be asked", async () => {
    const { send, control, strike, patiently } = following()
    const taskId = await started(send)
    await strike({ fault: "drop", on: "new.tasks.*", count: "always" })
    expect((await patiently(send("tasks/get", { taskId }))).result).toMatchObject({
      taskId,
      status: "working",
      statusMessage: expect.stringMatching(/it goes on, and is paid.* Kling could not be asked just now: /)
    })
    expect((await control("GET ledger")).tasks).toHaveLength(1)
  })

  it("of which nobody can say whether it exists ends in what the status tool says of that", async () => {
    const { send, plain, control, strike, pass, patiently } = following()
    await strike({ fault: "drop", on: "*", count: "always" })
    const made = await patiently(send("tools/call", submit))
    expect(made.result).toMatchObject({ resultType: "task", status: "working" })
    const taskId = made.result?.taskId
    await pass(300)
    await control("DELETE faults")
    const told = await patiently(plain("tools/call", { name: "check_video_status", arguments: { task_id: taskId } }))
    expect(textOf(told.result ?? { content: [] })).toMatch(/\nCode: KLING_SUBMISSION_UNKNOWN$/)
    expect((await patiently(send("tasks/get", { taskId }))).result).toMatchObject({
      status: "completed",
      result: { isError: true, content: told.result?.content }
    })
  })

  it("is found by another program that has neither its memory nor its ledger", async () => {
    const world = new KlingWorld()
    const taskId = await started(following(world).send)
    const other = following(world)
    expect((await other.send("tasks/get", { taskId })).result).toMatchObject({ taskId, status: "working" })
    await other.pass(600)
    expect((await other.send("tasks/get", { taskId })).result?.status).toBe("completed")
  })

  it.each(["tasks/get", "tasks/update", "tasks/cancel"])("that is not known is an error: %s", async (method) => {
    const { send } = following()
    for (const taskId of ["kk-t2v-00000000000000000000000000", "", "../../account"]) {
      expect((await send(method, { taskId, inputResponses: {} })).error).toMatchObject({ code: -32_602 })
    }
    expect((await send(method, {})).error).toMatchObject({ code: -32_602 })
  })
})

describe("a client that does not follow tasks", () => {
  it.each(["tasks/get", "tasks/update", "tasks/cancel"])(
    "is told what it would have to declare: %s",
    async (method) => {
      const { send, plain } = following()
      const taskId = await started(send)
      expect((await plain(method, { taskId, inputResponses: {} })).error).toMatchObject({
        code: -32_021,
        data: { requiredCapabilities: { extensions } }
      })
    }
  )

  it("gets no task, also when it said on another request that it follows them", async () => {
    const { send, plain, services } = following()
    await send("tools/list", {})
    expect((await plain("tools/call", submit)).result).toMatchObject({
      resultType: "complete",
      structuredContent: { status: "submitted" }
    })
    const old = await connectedClient(services)
    const made = await old.callTool({ name: "generate_image", arguments: { prompt: "a cat" } })
    expect(textOf(made)).toContain("Task ID: kk-img-")
    expect(made).not.toHaveProperty("taskId")
  })
})
