import { type MakeVideo, prompt } from "./client.ts"

interface Module {
  readonly KlingAPI: new (config: {
    readonly accessKey: string
    readonly secretKey: string
    readonly baseUrl: string
  }) => {
    textToVideo(params: { readonly prompt: string; readonly duration: string }): Promise<{
      readonly data: { readonly task_id: string }
    }>
    waitForVideoResult(taskId: string): Promise<unknown>
  }
}

export const makeVideo: MakeVideo = async ({ url, load }) => {
  const { KlingAPI } = (await load("kling-api")) as Module
  const accessKey = "dummy-access-key-of-thirty-two-ch"
  const kling = new KlingAPI({ accessKey, secretKey: accessKey, baseUrl: url })
  const task = await kling.textToVideo({ prompt, duration: "5" })
  await kling.waitForVideoResult(task.data.task_id)
}
