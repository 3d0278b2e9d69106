import { type MakeVideo, prompt } from "./client.ts"

interface Request {
  readonly url: string
}
interface Module {
  createFalClient(config: {
    readonly credentials: string
    readonly requestMiddleware: (request: Request) => Promise<Request>
  }): { subscribe(endpoint: string, options: { readonly input: unknown }): Promise<unknown> }
}

export const makeVideo: MakeVideo = async ({ url, load }) => {
  const sdk = (await load("@fal-ai/client")) as Module
  const fal = sdk.createFalClient({
    credentials: "dummy",
    // The client has no base URL setting; this changes nothing else.
    requestMiddleware: async (request) => {
      const { pathname, search } = new URL(request.url)
      return { ...request, url: `${url}${pathname}${search}` }
    }
  })
  await fal.subscribe("fal-ai/kling-video/v2/master/text-to-video", { input: { prompt, duration: "5" } })
}
