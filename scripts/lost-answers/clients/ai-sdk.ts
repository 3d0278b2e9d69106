import { type MakeVideo, prompt } from "./client.ts"

type Headers = Readonly<Record<string, string>>
interface CallOptions {
  readonly headers?: Headers
}
interface Module {
  experimental_generateVideo(options: { readonly model: unknown; readonly prompt: string }): Promise<unknown>
}
/** The request helpers that the SDK's own providers use. */
interface ProviderUtils {
  readonly postJsonToApi: (options: Readonly<Record<string, unknown>>) => Promise<{ readonly value: KlingTask }>
  readonly getFromApi: (options: Readonly<Record<string, unknown>>) => Promise<{ readonly value: KlingTask }>
  readonly createJsonResponseHandler: (schema: unknown) => unknown
  readonly createJsonErrorResponseHandler: (options: Readonly<Record<string, unknown>>) => unknown
  readonly jsonSchema: (schema: unknown) => unknown
}
interface KlingTask {
  readonly data: { readonly task_id: string; readonly task_status: string }
}

/** A stand-in for the SDK's Kling provider: the same paths and request helpers. */
const klingOf = (url: string, utils: ProviderUtils) => {
  const path = `${url}/v1/videos/text2video`
  const handlers = {
    successfulResponseHandler: utils.createJsonResponseHandler(utils.jsonSchema({})),
    failedResponseHandler: utils.createJsonErrorResponseHandler({
      errorSchema: utils.jsonSchema({}),
      errorToMessage: (error: { readonly message: string }) => error.message
    })
  }
  const modelInfo = { provider: "kling-stand-in", modelId: "kling-v2-master", maxVideosPerCall: 1 }
  const response = () => ({ timestamp: new Date(), modelId: modelInfo.modelId, headers: {} })
  const start = async ({ headers }: CallOptions): Promise<string> => {
    const { value } = await utils.postJsonToApi({ url: path, headers, body: { prompt, duration: "5" }, ...handlers })
    return value.data.task_id
  }
  const isDone = async (id: string, { headers }: CallOptions): Promise<boolean> => {
    const { value } = await utils.getFromApi({ url: `${path}/${id}`, headers, ...handlers })
    return value.data.task_status === "succeed"
  }
  const result = () => ({
    videos: [{ type: "base64", data: "ZmlsbQ==", mediaType: "video/mp4" }],
    warnings: [],
    response: response()
  })
  return { modelInfo, response, start, isDone, result }
}

/** Version 7: start and status are two steps, each retried separately. */
export const makeVideoInSteps: MakeVideo = async ({ url, load }) => {
  const sdk = (await load("ai")) as Module
  const { modelInfo, response, start, isDone, result } = klingOf(
    url,
    (await load("@ai-sdk/provider-utils")) as ProviderUtils
  )
  const model = {
    ...modelInfo,
    specificationVersion: "v4",
    doStart: async (options: CallOptions) => ({ operation: await start(options), warnings: [], response: response() }),
    doStatus: async (options: CallOptions & { readonly operation: string }) =>
      (await isDone(options.operation, options))
        ? { status: "completed", ...result() }
        : { status: "pending", response: response() }
  }
  await sdk.experimental_generateVideo({ model, prompt })
}

/** Version 6: one step creates and polls, as its Kling provider did. */
export const makeVideoAtOnce: MakeVideo = async ({ url, load }) => {
  const sdk = (await load("ai")) as Module
  const { modelInfo, start, isDone, result } = klingOf(url, (await load("@ai-sdk/provider-utils")) as ProviderUtils)
  const model = {
    ...modelInfo,
    specificationVersion: "v3",
    doGenerate: async (options: CallOptions) => {
      const id = await start(options)
      while (!(await isDone(id, options)));
      return result()
    }
  }
  await sdk.experimental_generateVideo({ model, prompt })
}
