/** The subset of a service's HTTP API that one video needs. */
export interface Protocol {
  readonly createPath: RegExp
  readonly accepted: (id: string, origin: string) => unknown
  /** The response to all other requests: the job has succeeded. */
  readonly done: (id: string, path: string, origin: string) => unknown
  readonly noBalance: unknown
}

export const replicateProtocol: Protocol = {
  createPath: /\/predictions$/,
  accepted: (id, origin) => ({ id, status: "starting", urls: { get: `${origin}/v1/predictions/${id}` } }),
  done: (id) => ({ id, status: "succeeded", output: "video" }),
  noBalance: { title: "Insufficient credit", detail: "You have insufficient credit to run this model.", status: 429 }
}

export const falProtocol: Protocol = {
  createPath: /text-to-video$/,
  accepted: (id, origin) => ({ request_id: id, status: "IN_QUEUE", status_url: `${origin}/requests/${id}/status` }),
  done: (id, path) => (path.endsWith("/status") ? { request_id: id, status: "COMPLETED" } : { video: "video" }),
  noBalance: { detail: "User is locked. Reason: Exhausted balance." }
}

export const openaiProtocol: Protocol = {
  createPath: /\/videos$/,
  accepted: (id) => ({ id, object: "video", status: "queued" }),
  done: (id) => ({ id, object: "video", status: "completed" }),
  noBalance: {
    error: {
      message: "You exceeded your current quota, please check your plan and billing details.",
      type: "insufficient_quota",
      code: "insufficient_quota"
    }
  }
}

/** Kling's legacy generation, which both kling-api and the AI SDK's Kling provider speak. */
export const klingProtocol: Protocol = {
  createPath: /\/text2video$/,
  accepted: (id) => klingResponse({ task_id: id, task_status: "submitted" }),
  done: (id, _path, origin) =>
    klingResponse({
      task_id: id,
      task_status: "succeed",
      task_result: { videos: [{ id, url: `${origin}/video.mp4` }] }
    }),
  noBalance: { code: 1102, message: "Account balance not enough", request_id: "request" }
}

const klingResponse = (data: unknown) => ({ code: 0, message: "SUCCEED", request_id: "request", data })
