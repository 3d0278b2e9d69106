import { Effect, type Redacted } from "effect"
import { HostingSettingsInvalid, secretText, text, urlProblem } from "../settings.ts"

/** A bucket of an S3-compatible service, and how it is reached. */
export interface MediaStoreSettings {
  /** Its objects are below this URL, which ends without a slash: `https://s3.example/bucket`. */
  readonly url: string
  /** `bucket`, or `bucket/folder`. */
  readonly name: string
  /** Where callers reach it: a proxy in front, or the origin of `url`. */
  readonly origin: string
  /** Told from the host name where this is absent. */
  readonly region?: string
  readonly accessKeyId: Redacted.Redacted
  readonly secretAccessKey: Redacted.Redacted
  readonly sessionToken?: Redacted.Redacted
}

/**
 * From `KLINGKIT_MEDIA_BUCKET`, `_ORIGIN` and `_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`;
 * nothing without a bucket. Fails with every problem at once.
 */
export const mediaStoreSettings: Effect.Effect<MediaStoreSettings | undefined, HostingSettingsInvalid> = Effect.gen(
  function* () {
    const bucket = yield* text("KLINGKIT_MEDIA_BUCKET")
    const origin = yield* text("KLINGKIT_MEDIA_ORIGIN")
    const region = yield* text("KLINGKIT_MEDIA_REGION")
    const accessKeyId = yield* secretText("AWS_ACCESS_KEY_ID")
    const secretAccessKey = yield* secretText("AWS_SECRET_ACCESS_KEY")
    const sessionToken = yield* secretText("AWS_SESSION_TOKEN")
    const invalid = (problems: ReadonlyArray<string>) => Effect.fail(new HostingSettingsInvalid({ problems }))
    if (bucket === undefined) {
      const [alone] = [
        ...(origin === undefined ? [] : ["KLINGKIT_MEDIA_ORIGIN"]),
        ...(region === undefined ? [] : ["KLINGKIT_MEDIA_REGION"])
      ]
      return alone === undefined ? undefined : yield* invalid([`${alone} needs KLINGKIT_MEDIA_BUCKET`])
    }
    const problems = [
      ...urlProblem("KLINGKIT_MEDIA_BUCKET", bucket),
      ...urlProblem("KLINGKIT_MEDIA_ORIGIN", origin, true),
      ...(region === undefined || /^[a-z0-9-]+$/.test(region) ? [] : ["KLINGKIT_MEDIA_REGION is not a region"])
    ]
    const url = bucket.replace(/\/+$/, "")
    const name = problems.length === 0 ? nameOf(new URL(url)) : "unknown"
    if (name === undefined) {
      problems.push("KLINGKIT_MEDIA_BUCKET must name a bucket: https://s3.eu-central-1.amazonaws.com/my-bucket")
    }
    if (accessKeyId === undefined || secretAccessKey === undefined) {
      problems.push("KLINGKIT_MEDIA_BUCKET needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
      return yield* invalid(problems)
    }
    if (problems.length > 0 || name === undefined) return yield* invalid(problems)
    return {
      url,
      name,
      origin: new URL(origin ?? url).origin,
      accessKeyId,
      secretAccessKey,
      ...(region === undefined ? {} : { region }),
      ...(sessionToken === undefined ? {} : { sessionToken })
    }
  }
)

/** The bucket is the path, or where there is none the first part of a host name such as `bucket.s3.example.com`. */
const nameOf = ({ pathname, hostname }: URL): string | undefined => {
  if (pathname !== "/") return /^(\/[\w.-]+)+$/.test(pathname) ? pathname.slice(1) : undefined
  const [first, second = "", ...rest] = hostname.split(".")
  return rest.length > 0 && second.startsWith("s3") ? first : undefined
}
