import { Effect, Stream, Struct } from "effect"
import { Multipart } from "effect/http"
import { answerPage, type PageAnswer } from "../page/page-answer.ts"
import { messageView } from "../page/views.ts"
import { FileUploads, uploadPath } from "./file-uploads.ts"
import { refused, type UploadRefused } from "./upload-refused.ts"
import { uploadedView, uploadView } from "./upload-views.ts"

/** A request to a link: a program puts the bytes of the file, a browser gets a form and posts it. */
export interface UploadRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Fails when the client is gone. */
  readonly body: Stream.Stream<Uint8Array, unknown>
}

/** The secret in the path of a link. */
export const uploadTokenOf = (path: string): string | undefined =>
  path.startsWith(`${uploadPath}/`) ? path.slice(uploadPath.length + 1) : undefined

/** JSON for programs, pages for browsers. */
export const answerUpload = ({
  method,
  path,
  headers,
  body
}: UploadRequest): Effect.Effect<PageAnswer, never, FileUploads> =>
  Effect.gen(function* () {
    const uploads = yield* FileUploads
    const token = uploadTokenOf(path) ?? ""
    const bytes = Stream.mapError(body, () => refused(400, "the file has not arrived whole; send it again"))
    switch (method) {
      case "PUT":
        return yield* uploads.receive(token, bytes).pipe(
          Effect.map(({ id, file }) => json(201, { id, ...Struct.omit(file, ["sha256"]), next: afterwards })),
          Effect.catch(({ status, message }) =>
            Effect.succeed(json(status, { error: message, next: "nothing was kept, sent to Kling or charged" }))
          )
        )
      case "GET":
      case "HEAD":
        return yield* uploads.requireOpen(token).pipe(
          Effect.as(answerPage(200, uploadView())),
          Effect.catch((error) => Effect.succeed(closedPage(error)))
        )
      case "POST":
        return yield* uploads.receive(token, fileOfForm(headers, bytes)).pipe(
          Effect.map(({ id, file }) => answerPage(201, uploadedView(id, file))),
          Effect.catch((error) =>
            Effect.succeed(
              isClosed(error)
                ? closedPage(error)
                : answerPage(error.status, uploadView(`${sentence(error)} Nothing was kept; the link is still open.`))
            )
          )
        )
      default:
        return json(
          405,
          { error: "a link takes PUT with the bytes of a file, or shows a form" },
          { allow: "GET, HEAD, POST, PUT" }
        )
    }
  })

const afterwards = "give the id in place of a file or a URL, as often as you like; only you can use it"

const isClosed = ({ status }: UploadRefused): boolean => status === 404 || status === 410

const closedPage = (error: UploadRefused): PageAnswer =>
  answerPage(error.status, messageView("No upload by this link", sentence(error)))

const sentence = ({ message }: UploadRefused): string => `${message.slice(0, 1).toUpperCase()}${message.slice(1)}.`

/** The bytes of the field `file`. */
const fileOfForm = (
  headers: UploadRequest["headers"],
  bytes: Stream.Stream<Uint8Array, UploadRefused>
): Stream.Stream<Uint8Array, UploadRefused> =>
  bytes.pipe(
    Stream.pipeThroughChannel(Multipart.makeChannel<UploadRefused>({ ...headers })),
    Stream.flatMap((part) => (part._tag === "File" && part.key === "file" ? part.content : Stream.empty)),
    Stream.mapError((error) =>
      error._tag === "UploadRefused" ? error : refused(400, "the form has not arrived whole; send it again")
    ),
    Stream.provideContext(Multipart.limitsServices({ maxParts: 8, maxFieldSize: 1000 }))
  )

const json = (status: number, body: object, headers: PageAnswer["headers"] = {}): PageAnswer => ({
  status,
  headers: { "cache-control": "no-store", "content-type": "application/json", ...headers },
  body: `${JSON.stringify(body)}\n`
})
