import { afterAll, beforeAll, expect, it, vi } from "vitest"
import type { Answer, Host } from "./host.ts"
import { freshState, withRecent } from "./state.ts"
import { makeStore } from "./store.ts"
import { makeTaskLoader } from "./task-loader.ts"
import { readTask } from "./task.ts"

// The page of a browser that says when it is shown.
beforeAll(() => void vi.stubGlobal("document", new EventTarget()))
afterAll(() => void vi.unstubAllGlobals())

const task = (id: string) => readTask({ task_id: id, status: "succeed" }, 0) ?? expect.fail()

/** A page that reads the recent tasks; `arrive` is the answer. */
const reading = () => {
  const store = makeStore(withRecent(freshState, [task("before")]))
  const call = Promise.withResolvers<Answer>()
  const host = { call: () => call.promise } as unknown as Host
  const read = makeTaskLoader(store, () => host).loadRecent()
  const arrive = async (...ids: ReadonlyArray<string>) => {
    const tasks = ids.map((id) => ({ task_id: id, status: "succeed" }))
    call.resolve({ structured: { tasks }, lines: [], isError: false })
    await read
  }
  return { store, arrive }
}

it("the recent tasks are those that were read", async () => {
  const { store, arrive } = reading()
  await arrive("new", "before")
  expect(store.get().recent).toEqual(["new", "before"])
})

it("the tasks of an answer are not replaced by a list that was asked for before it", async () => {
  const { store, arrive } = reading()
  store.update((state) => withRecent(state, [task("first"), task("second")]))
  await arrive("new", "second", "first", "before")
  expect(store.get().recent).toEqual(["first", "second"])
})
