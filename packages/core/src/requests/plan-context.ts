import type { Effect } from "effect"
import type { CredentialKind } from "../auth/credentials.ts"
import type { KlingError } from "../errors/kling-error.ts"
import type { AnyOperation } from "../operation.ts"
import type { Plan } from "../plan/plan.ts"

/** A finished video as a request refers to it. */
export interface FoundVideo {
  readonly url: string
  readonly durationSeconds?: number
}

export interface ImageSize {
  readonly width: number
  readonly height: number
}

/**
 * What planning needs from around it: whose credential will send, where inputs are read, which tasks are known. `E` is how
 * that fails: a program without a ledger knows fewer ways than jobs do.
 */
export interface PlanContext<E> {
  readonly credential: CredentialKind
  /** An image (URL, path, base64) as Kling takes it: a URL or bare base64. `field` is named when it cannot be used. */
  image(field: string, source: string): Effect.Effect<string, KlingError | E>
  /** The same for every image, video and audio of an operation's input, each held to its own limits. */
  media(operation: AnyOperation, input: Fields): Effect.Effect<Fields, KlingError | E>
  /** The video that a finished task made, by any id of it; a URL is taken as it is. */
  video(field: string, source: string): Effect.Effect<FoundVideo, KlingError | E>
  /** The length of an audio or video as Kling takes it, where that is known without fetching it. */
  seconds(media: string): Effect.Effect<number | undefined>
  /** Width and height in pixels of an image as Kling takes it, where they are known here: of content, and of Kling's own results. */
  imageSize(image: string): Effect.Effect<ImageSize | undefined>
  /** The plan at the price that the length of its input decides, where that length is known here. */
  refineQuote(plan: Plan): Effect.Effect<Plan>
}

export type Fields = Readonly<Record<string, unknown>>
