import { catalog } from "../operations/catalog.ts"

/** A task that the fake has created, and charged unless its operation is free. */
export interface FakeTask {
  readonly taskId: string
  readonly externalId?: string
  /** The path of the create. */
  readonly path: string
  readonly createdAt: number
}

const isLegacy = (path: string): boolean => path.startsWith("/v1/")

const videoUrl = (task: FakeTask) => `https://files.example/${task.taskId}.mp4`

/** A task in the format of the new generation; `status` is its own word. */
export const newRecord = (task: FakeTask, status: string) => ({
  id: task.taskId,
  status,
  message: "",
  create_time: task.createdAt,
  update_time: task.createdAt,
  external_id: task.externalId ?? "",
  ...(status === "succeeded"
    ? {
        outputs: [{ type: "video", id: `${task.taskId}1`, url: videoUrl(task), duration: "5" }],
        billing: [{ charge_type: "unit", amount: "3", package_type: "video" }]
      }
    : {})
})

/** A task in the format of the legacy paths, with their own word for success. */
export const legacyRecord = (task: FakeTask, status: string) => ({
  task_id: task.taskId,
  task_status: status === "succeeded" ? "succeed" : status,
  task_status_msg: "",
  task_info: { external_task_id: task.externalId ?? "" },
  created_at: task.createdAt,
  updated_at: task.createdAt,
  ...(status === "succeeded"
    ? {
        task_result: { videos: [{ id: `${task.taskId}1`, url: videoUrl(task), duration: "5" }] },
        final_unit_deduction: "3"
      }
    : {})
})

export const createRecord = (task: FakeTask) =>
  isLegacy(task.path) ? legacyRecord(task, "submitted") : newRecord(task, "submitted")

/** The external id in a create's body, at the path of either generation. */
export const externalIdOf = (body: unknown): string | undefined => {
  const { external_task_id: flat, options } = (body ?? {}) as {
    external_task_id?: string
    options?: { external_task_id?: string }
  }
  return flat ?? options?.external_task_id
}

const createPaths = new Set(catalog.filter(({ kind }) => ["create", "call"].includes(kind)).map(({ path }) => path))
export const isCreateOrCall = (method: string, path: string): boolean => method === "POST" && createPaths.has(path)
