import { describe, expect, it } from "vitest"
import { applyList, tasksNamed } from "./answers.ts"
import { freshState } from "./state.ts"

const answer = (structured: Readonly<Record<string, unknown>>) => ({ structured, lines: [], isError: false })

describe("a result of several tasks", () => {
  it("shows the first and lists the others, without ids that lead to none", () => {
    const state = applyList(
      freshState,
      answer({
        tasks: [
          { task_id: "kk-1", status: "unknown", error: "there is no such task", code: "KLING_TASK_NOT_FOUND" },
          { task_id: "kk-2", status: "succeed", files: [{ path: "/out/a.mp4" }], outputs: [{ type: "video" }] },
          { task_id: "kk-3", status: "succeed", error: "the file exists", code: "JOB_FILE_EXISTS" }
        ]
      }),
      0
    )
    expect([state?.current, state?.recent]).toEqual(["kk-2", ["kk-2", "kk-3"]])
    expect(state?.tasks.get("kk-2")).toMatchObject({ files: [{ path: "/out/a.mp4" }] })
  })

  it("shows nothing when no task is in it", () => {
    expect(applyList(freshState, answer({ tasks: [] }), 0)).toBe(undefined)
  })

  it.each([
    [{ task_id: "kk-1" }, ["kk-1"]],
    [{ task_ids: ["kk-1", "893605946405612853"] }, ["kk-1", "893605946405612853"]],
    [{ task_ids: ["unsaved"] }, []],
    [{ task_id: "", task_ids: "kk-1" }, []],
    [{}, []]
  ])("is awaited under the ids of the call: %j", (args, ids) => {
    expect(tasksNamed(args, 0).map(({ id }) => id)).toEqual(ids)
  })
})
