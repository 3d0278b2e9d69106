import { KlingWorld } from "@klingkit/emulator"
import { describe, expect, it } from "vitest"
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
      const askLater = async () => {
        await emulated.pass(1)
        return isAnswered
      }
      await expect.poll(askLater).toBe(true)
      return answered
    },
    send: modernRequests(emulated.services, { extensions }),
    plain: modernRequests(emulated.services, {})
  }
}

/** Starts a task; returns its id. */
const started = async (send: ReturnType<typeof modernRequests>, call: Readonly<Record<string, unknown>> = submit) =>
  (await send("tools/call", call)).result?.taskId ?? ""

describe("a paid call of a client that follows tasks", () => {
  it("is a task under our handle, readable at once, and says that it cannot be cancelled", async () => {
    const { send, control } = following()
    const { result } = await send("tools/call", submit)
    expect(result).toMatchObject({
      resultType: "task",
      taskId: expect.stringMatching(/^kk-t2v-[0-9a-z]{26}$/),
      status: "working",
      statusMessage: "Task is submitted. Kling cannot cancel it: it keeps running and is paid.",
      ttlMs: 30 * 86_400_000
    })
    const checked = await send("tasks/get", { taskId: result?.taskId })
    expect(checked.result).toMatchObject({
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
    const { send, plain, injectFault, pass } = following()
    if (status === "failed") await injectFault(fault)
    const taskId = await started(send)
    await pass(600)
    const ended = await send("tasks/get", { taskId })
    const result = await plain("tools/call", { name: "check_video_status", arguments: { task_id: taskId } })
    expect(ended.result?.status).toBe("completed")
    expect(result.result?.structuredContent).toMatchObject({ status })
    const { content, structuredContent } = result.result ?? {}
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
    const checked = await send("tools/call", { name: "check_video_status", arguments: { task_id: taskId } })
    expect(checked.result).toMatchObject({ resultType: "complete", structuredContent: { status: "submitted" } })
    await pass(60)
    await plain("tools/call", { name: "check_video_status", arguments: { task_id: taskId } })
    const repeated = await send("tools/call", submit)
    expect(repeated.result).toMatchObject({ resultType: "complete", structuredContent: { repeated: true } })
    expect((await control("GET ledger")).tasks).toHaveLength(1)
  })

  it("becomes a task only after the user has approved its price", async () => {
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

  it("pays once when the caller disconnects, and the same call finds the task", async () => {
    const { send, control, injectFault, pass } = following()
    await injectFault({ fault: "commit-then-hang" })
    const leaving = new AbortController()
    const call = send("tools/call", submit, leaving.signal)
    await expect.poll(async () => (await control("GET ledger")).tasks).toHaveLength(1)
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
  it("keeps running, is paid, and keeps its result, despite a cancel request", async () => {
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

  it("is not reported dead when Kling is unreachable", async () => {
    const { send, control, injectFault, patiently } = following()
    const taskId = await started(send)
    await injectFault({ fault: "drop", on: "new.tasks.*", count: "always" })
    expect((await patiently(send("tasks/get", { taskId }))).result).toMatchObject({
      taskId,
      status: "working",
      statusMessage: expect.stringMatching(/it keeps running and is paid.* Kling is currently unreachable: /)
    })
    expect((await control("GET ledger")).tasks).toHaveLength(1)
  })

  it("of an unresolved submission ends with the status tool's result", async () => {
    const { send, plain, control, injectFault, pass, patiently } = following()
    await injectFault({ fault: "drop", on: "*", count: "always" })
    const made = await patiently(send("tools/call", submit))
    expect(made.result).toMatchObject({ resultType: "task", status: "working" })
    const taskId = made.result?.taskId
    await pass(300)
    await control("DELETE faults")
    const result = await patiently(plain("tools/call", { name: "check_video_status", arguments: { task_id: taskId } }))
    expect(textOf(result.result ?? { content: [] })).toMatch(/\nCode: KLING_SUBMISSION_UNKNOWN$/)
    expect((await patiently(send("tasks/get", { taskId }))).result).toMatchObject({
      status: "completed",
      result: { isError: true, content: result.result?.content }
    })
  })

  it("is found by another process that shares neither memory nor ledger", async () => {
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
    "gets the capability that it would have to declare: %s",
    async (method) => {
      const { send, plain } = following()
      const taskId = await started(send)
      expect((await plain(method, { taskId, inputResponses: {} })).error).toMatchObject({
        code: -32_021,
        data: { requiredCapabilities: { extensions } }
      })
    }
  )

  it("gets no task, even if it declared support on another request", async () => {
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
