import { Clock, Effect } from "effect"
import { stringifyJson } from "@klingkit/core"
import { isRefusal, refusal, refuse, succeed } from "../answers/envelope.ts"
import { answerControl, controlPath } from "../control/control-plane.ts"
import type { Callback } from "../callbacks/callback.ts"
import { breakAnswer, breakFile } from "../faults/break-answer.ts"
import { whole } from "../faults/delivery.ts"
import { answerOperation } from "../routes/answer-operation.ts"
import { checkAuthorization } from "../routes/auth.ts"
import { answerFile, type RenderMedia } from "../routes/files.ts"
import type { JsonAnswer, KlingAnswer, KlingRequest } from "../routes/request.ts"
import { findRoute, isKnownPath, operationName, type Route } from "../routes/route-table.ts"
import type { Keys } from "./keys.ts"
import { standInMedia } from "./stand-in-media.ts"
import { type WorldOptions, WorldState } from "./world-state.ts"

export interface KlingWorldOptions extends WorldOptions {
  /** How result files are made; default: a line of text with the right content type, for tests that need no picture. */
  readonly render?: RenderMedia
}

/**
 * A whole Kling in memory: it maps a request to an answer by Effect's Clock and touches nothing outside, so it runs under
 * TestClock, behind a socket, or as an `HttpClient`.
 */
export class KlingWorld {
  readonly state: WorldState
  readonly #render: RenderMedia

  constructor(options: KlingWorldOptions = {}) {
    this.state = new WorldState(options)
    this.#render = options.render ?? standInMedia
  }

  get keys(): Keys {
    return this.state.keys
  }

  /** The emulator's clock: Effect's, and as far ahead as it was moved. Milliseconds since 1970. */
  get now(): Effect.Effect<number> {
    return Effect.map(Clock.currentTimeMillis, (now) => now + this.state.aheadMs)
  }

  /** Hands out the callbacks that are due by now, each once. */
  get takeCallbacks(): Effect.Effect<ReadonlyArray<Callback>> {
    return Effect.map(this.now, (now) => {
      this.state.settle(now)
      return this.state.outbox.splice(0)
    })
  }

  /** Never fails: whatever is wrong with a request is part of the answer. */
  answer(request: KlingRequest): Effect.Effect<KlingAnswer> {
    const { state } = this
    return Effect.gen({ self: this }, function* () {
      const now = yield* this.now
      state.settle(now)
      const date = { date: new Date(now).toUTCString() }
      if (request.path.startsWith(controlPath)) return written(answerControl(state, request, now), date)
      const [operation, code, answer] = request.path.startsWith("/files/")
        ? (["files", undefined, yield* this.#file(request, now)] as const)
        : yield* this.#operation(request, now)
      const dated = { ...answer, headers: { ...date, ...answer.headers } }
      state.requests.add({
        at: now,
        method: request.method,
        path: request.path,
        operation,
        status: dated.status,
        ...(code === undefined ? {} : { code }),
        bytes: byteLength(dated.body),
        ...(dated.delivery.how === "whole" ? {} : { delivery: dated.delivery.how })
      })
      return dated
    })
  }

  *#file(request: KlingRequest, now: number) {
    const struck = this.state.faults.strike({ reach: "files", operation: "files", path: request.path })
    return breakFile({ ...(yield* answerFile(this.state, this.#render, request, now)), delivery: whole }, struck)
  }

  *#operation(request: KlingRequest, now: number) {
    const { state } = this
    const route = findRoute(request.method, request.path)
    const name = route === undefined ? "unknown" : operationName(route)
    const answered = (answer: JsonAnswer) => [name, answer.code, written(answer, {})] as const
    const requestId = state.requestId()
    const unauthorized = yield* checkAuthorization(
      state,
      request.headers["authorization"],
      takesKeyPair(request.path),
      now
    )
    if (unauthorized !== undefined) return answered(refuse(requestId, unauthorized))
    if (route === undefined) {
      const missing = isKnownPath(request.path)
        ? refusal(1202, `${request.method} is not allowed on this path`)
        : refusal(1203, `There is no ${request.path}`)
      return answered(refuse(requestId, missing))
    }
    const struck = state.faults.strike({ reach: reachOf(route), operation: name, path: request.path })
    const broken = breakAnswer(struck, requestId, () => {
      const data = answerOperation(state, route, request, struck, now)
      return isRefusal(data) ? refuse(requestId, data) : succeed(requestId, data)
    })
    return [name, broken.code, { ...written(broken.answer, {}), delivery: broken.delivery }] as const
  }
}

/** A signed token of the key pair is good for legacy paths and the packs (Kling docs, authentication). */
const takesKeyPair = (path: string): boolean => path.startsWith("/v1/") || path === "/account/costs"

const reachOf = ({ operation, part }: Route) =>
  part === "self" && operation.kind !== "read" ? ("creates" as const) : ("reads" as const)

const encoder = new TextEncoder()
const byteLength = (body: KlingAnswer["body"]): number =>
  (typeof body === "string" ? encoder.encode(body) : body).length

const written = ({ status, body, headers }: JsonAnswer, more: Readonly<Record<string, string>>): KlingAnswer => ({
  status,
  headers: {
    "content-type": typeof body === "string" ? "text/html; charset=utf-8" : "application/json; charset=utf-8",
    ...more,
    ...headers
  },
  body: typeof body === "string" ? body : stringifyJson(body),
  delivery: whole
})
