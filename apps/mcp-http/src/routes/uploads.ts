import {
  answerUpload,
  FileUploads,
  maxUploadBytes,
  type PageAnswer,
  uploadPath,
  type UploadRequest
} from "@klingkit/hosting"
import { noUploadLink, refusedAnswer, type RestAnswer, uploadLinkAnswer, uploadsPath } from "@klingkit/rest"
import { Effect, Stream } from "effect"
import type { Admit, Admitted, Refused } from "../admission.ts"
import type { Route } from "../route.ts"
import { send, sendRefused } from "./rest.ts"

/** A slow line takes so long for the largest file. */
const requestMillis = 15 * 60_000

interface UploadsOptions {
  readonly admit: Admit
  /** What an admitted caller lacks of the scope that uploading needs. */
  readonly missing: (admitted: Admitted) => Refused | undefined
  readonly run: <A>(effect: Effect.Effect<A, never, FileUploads>) => Promise<A>
}

/** Links to upload by, for callers who sign in, and what is behind the links, for anyone who has one. */
export const uploadRoutes = ({ admit, missing, run }: UploadsOptions): ReadonlyArray<Route> => [
  {
    path: uploadsPath,
    refuse: (response, status, message) => send(response, refusedAnswer(status, message)),
    serve: async (request, response) => {
      const refused = await admit(request, async (admitted) => {
        const lacking = missing(admitted)
        if (lacking !== undefined) return sendRefused(response, lacking)
        send(response, await run(createLink(request.method ?? "", admitted.principal)))
      })
      if (refused !== undefined) sendRefused(response, refused)
    }
  },
  {
    path: uploadPath,
    below: true,
    maxBytes: maxUploadBytes,
    requestMillis,
    serve: async (request, response, path) => {
      const { method = "GET", headers } = request
      const body = Stream.fromAsyncIterable(
        request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>,
        (cause) => cause
      )
      const answer: PageAnswer = await run(answerUpload({ method, path, headers: plain(headers), body }))
      for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value)
      response.writeHead(answer.status).end(method === "HEAD" ? undefined : answer.body)
      // Of a file that was refused on the way the rest still comes: a connection that breaks would hide the answer.
      request.resume()
    }
  }
]

const createLink = (method: string, principal: string): Effect.Effect<RestAnswer, never, FileUploads> =>
  FileUploads.use((uploads) => {
    const problem = noUploadLink(method, uploads.missing)
    return problem === undefined
      ? uploads.of(principal).newLink.pipe(
          Effect.map(uploadLinkAnswer),
          Effect.catch(({ message }) => Effect.succeed(refusedAnswer(503, message, { "retry-after": "5" })))
        )
      : Effect.succeed(problem)
  })

const plain = (headers: NodeJS.Dict<string | ReadonlyArray<string>>): UploadRequest["headers"] =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value] as const] : []))
  )
