import {
  type AnyOperation,
  type CredentialKind,
  isFinished,
  type KlingError,
  type Plan,
  type Task
} from "@klingkit/core"
import { invalidInput } from "@klingkit/core/internal"
import type { Fields, PlanContext } from "@klingkit/core/requests"
import { inlineSeconds } from "@klingkit/media/internal"
import { Effect } from "effect"

/** How jobs read, find and measure what a request refers to. */
interface Sources<E> {
  readonly credential: CredentialKind
  readonly image: (field: string, source: string) => Effect.Effect<string, KlingError | E>
  readonly media: (operation: AnyOperation, input: Fields) => Effect.Effect<Fields, KlingError | E>
  readonly task: (id: string) => Effect.Effect<Task, KlingError | E>
  readonly refineQuote: (plan: Plan) => Effect.Effect<Plan>
}

export const planContextOf = <E>({ task, ...sources }: Sources<E>): PlanContext<E> => ({
  ...sources,
  video: Effect.fnUntraced(function* (field, source) {
    const given = source.trim()
    if (isUrl(given)) return { url: given }
    if (isPath(given)) return yield* wrong(field, "must be a URL or a task's id: Kling takes no video as a file")
    const { status, outputs } = yield* Effect.filterOrElse(task(given), isFinished, ({ status }) =>
      wrong(field, `is still ${status}; wait until it has finished`)
    )
    const videos = outputs.filter((output) => output.type === "video")
    const video = videos.find(({ id }) => id === given) ?? videos[0]
    return video ?? (yield* wrong(field, status === "failed" ? "failed and made no video" : "made no video"))
  }),
  seconds: (media) => (isUrl(media) ? Effect.succeed(undefined) : inlineSeconds(media))
})

const isUrl = (source: string): boolean => /^(https?|data):/i.test(source)
const isPath = (source: string): boolean => /[\\/]|^[~.]|\.\w{2,4}$/.test(source)

const wrong = (field: string, message: string) => Effect.fail(invalidInput([{ field, message }]))
