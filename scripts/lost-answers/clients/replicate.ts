import { type MakeVideo, prompt } from "./client.ts"

interface Module {
  readonly default: new (options: { readonly auth: string; readonly baseUrl: string }) => {
    run(model: string, options: { readonly input: unknown }): Promise<unknown>
  }
}

export const makeVideo: MakeVideo = async ({ url, load }) => {
  const { default: Replicate } = (await load("replicate")) as Module
  const replicate = new Replicate({ auth: "dummy", baseUrl: `${url}/v1` })
  await replicate.run("kwaivgi/kling", { input: { prompt, duration: 5 } })
}
