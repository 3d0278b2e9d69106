import { setTimeout } from "node:timers/promises"
import { type MakeVideo, prompt } from "./client.ts"

interface Video {
  readonly id: string
  readonly status: string
}
interface Module {
  readonly default: new (options: { readonly apiKey: string; readonly baseURL: string }) => {
    readonly videos: {
      create(body: { readonly model: string; readonly prompt: string }): Promise<Video>
      retrieve(id: string): Promise<Video>
    }
  }
}

export const makeVideo: MakeVideo = async ({ url, load }) => {
  const { default: OpenAI } = (await load("openai")) as Module
  const openai = new OpenAI({ apiKey: "dummy", baseURL: `${url}/v1` })
  let video = await openai.videos.create({ model: "sora-2", prompt })
  while (video.status !== "completed") {
    await setTimeout(1000)
    video = await openai.videos.retrieve(video.id)
  }
}
