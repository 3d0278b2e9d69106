import type { FileHost } from "@klingkit/jobs"
import { MediaStore } from "@klingkit/jobs/internal"
import { Clock, Duration, Effect, Layer } from "effect"
import { HttpClientRequest } from "effect/http"
import { s3Requests } from "./s3-requests.ts"
import type { MediaStoreSettings } from "./settings.ts"
import { linkLifetime, makeSigner } from "./signer.ts"

/** The digest of an object, which S3 checks when it is stored, and keeps with it. */
const digestHeader = "x-amz-meta-sha256"

const answerTimeout = Duration.seconds(15)
/** A slower upload has stalled. */
const minBytesPerSecond = 100_000

/** The media store in a bucket of an S3-compatible service. */
export const s3MediaStore = (settings: MediaStoreSettings): Layer.Layer<never, never, FileHost> =>
  Layer.effect(
    MediaStore,
    Effect.gen(function* () {
      const signer = makeSigner(settings)
      const send = yield* s3Requests(settings, signer)
      const { pathname } = new URL(`${settings.url}/`)
      const linksBelow = `${settings.origin}${pathname}`
      return {
        origin: settings.origin,
        pathOf: (key) => `s3://${settings.name}/${key}`,
        keyOf: (link) => (link.startsWith(linksBelow) ? link.slice(linksBelow.length).split("?", 1)[0] : undefined),
        find: Effect.fnUntraced(function* (key) {
          const { isFound, headers } = yield* send({ method: "HEAD", key, timeout: answerTimeout })
          if (!isFound) return undefined
          const sha256 = headers[digestHeader]
          return {
            bytes: Number(headers["content-length"]),
            mimeType: headers["content-type"] ?? "application/octet-stream",
            ...(sha256 === undefined ? {} : { sha256 })
          }
        }),
        put: (key, { bytes, mimeType, sha256, content }) =>
          Effect.asVoid(
            send({
              method: "PUT",
              key,
              headers: { "content-type": mimeType, "x-amz-content-sha256": sha256, [digestHeader]: sha256 },
              timeout: Duration.sum(answerTimeout, Duration.seconds(bytes / minBytesPerSecond)),
              withBody: HttpClientRequest.bodyStream(content, { contentType: mimeType, contentLength: bytes })
            })
          ),
        link: Effect.fnUntraced(function* (key, fileName) {
          const query = fileName === undefined ? {} : { "response-content-disposition": attachment(fileName) }
          const expiresAt = (yield* Clock.currentTimeMillis) + Duration.toMillis(linkLifetime)
          return { url: yield* signer.link(key, query), expiresAt }
        })
      }
    })
  )

/** Signatures of other characters differ between services. */
const attachment = (fileName: string): string => `attachment; filename="${fileName.replaceAll(/[^\w .-]/g, "_")}"`
