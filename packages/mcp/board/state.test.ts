import { describe, expect, it } from "vitest"
import { makeRunAction } from "./actions/run-action.ts"
import { freshState, isRunning, learn, noteOf, show, withNote } from "./state.ts"
import { makeStore } from "./store.ts"
import { readTask } from "./task.ts"

const task = (fields: Readonly<Record<string, unknown>>) => readTask({ task_id: "1", ...fields }, 0) ?? expect.fail()

describe("the state of the board", () => {
  it("knows a task by its handle and by Kling's own id", () => {
    const state = learn(freshState, task({ task_id: "kk-1", kling_task_id: "77", status: "processing" }))
    const merged = learn(state, task({ task_id: "77", kling_task_id: "77", status: "succeed" }))
    expect([...merged.tasks.values()]).toMatchObject([{ id: "kk-1", status: "succeed" }])
    expect(state.tasks.get("kk-1")?.status).toBe("processing")
  })

  it("keeps a note with the task that it is about, until that task is left", () => {
    const noted = withNote(show(freshState, "a"), "a", "Saved.")
    expect(noteOf(noted)).toBe("Saved.")
    expect(noteOf(show(noted, "b"))).toBe("")
    expect(noteOf(show(show(noted, "b"), "a"))).toBe("")
    expect(noteOf(show(withNote(show(freshState, "b"), "a", "Saved."), "a"))).toBe("Saved.")
  })
})

describe("an action that takes time", () => {
  const started = () => {
    const store = makeStore(show(freshState, "a"))
    const ends: Array<(note: string | undefined) => void> = []
    const run = makeRunAction(store)
    const start = (name: string) => run(name, () => new Promise((resolve) => ends.push(resolve)))
    return { store, run, start, ends }
  }

  it("runs once at a time, beside others", async () => {
    const { store, start, ends } = started()
    start("save")
    start("save")
    start("open")
    expect(ends.length).toBe(2)
    expect(["save", "open", "download"].map((name) => isRunning(store.get(), name))).toEqual([true, true, false])
    ends[0]?.("Saved.")
    await Promise.resolve()
    expect([isRunning(store.get(), "save"), noteOf(store.get())]).toEqual([false, "Saved."])
    start("save")
    expect([ends.length, noteOf(store.get())]).toEqual([3, ""])
  })

  it("belongs to the task that it was started for", async () => {
    const { store, start, ends } = started()
    start("save")
    store.update((state) => show(state, "b"))
    expect(isRunning(store.get(), "save")).toBe(false)
    ends[0]?.("Saved.")
    await Promise.resolve()
    expect(noteOf(store.get())).toBe("")
    store.update((state) => show(state, "a"))
    expect(noteOf(store.get())).toBe("Saved.")
  })

  it("shows why it failed, and can be started again", async () => {
    const { store, run } = started()
    run("open", () => Promise.reject(new Error("The chat did not allow it.")))
    await Promise.resolve()
    expect([isRunning(store.get(), "open"), noteOf(store.get())]).toEqual([false, "The chat did not allow it."])
  })
})
