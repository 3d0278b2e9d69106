import { Clock, Effect } from "effect"
import { stringifyJson } from "@klingkit/core/internal"
import { isRefusal, refusal, refuse, succeed } from "../answers/envelope.ts"
import { answerControl, controlPath } from "../control/control-plane.ts"
import type { Callback } from "../callbacks/callback.ts"
import { applyFaults, applyFileFaults } from "../faults/apply-faults.ts"
import { whole } from "../faults/delivery.ts"
import { answerOperation } from "../routes/answer-operation.ts"
import { checkAuthorization } from "../routes/auth.ts"
import { answerFile, type RenderMedia } from "../routes/files.ts"
import type { JsonAnswer, KlingAnswer, KlingRequest } from "../routes/request.ts"
import { findRoute, isKnownPath, operationName, type Route } from "../routes/route-table.ts"
import type { Keys } from "./keys.ts"
import { placeholderMedia } from "./placeholder-media.ts"
import { type WorldOptions, WorldState } from "./world-state.ts"

export interface KlingWorldOptions extends WorldOptions {
  /** Renders result files; by default text with the right content type, for tests that need no media. */
  readonly render?: RenderMedia
}

/**
 * An in-memory Kling: it maps requests to responses on Effect's Clock without side effects, so it runs under TestClock,
 * behind a socket, or as an `HttpClient`.
 */
export class KlingWorld {
  readonly state: WorldState
  readonly #render: RenderMedia

  constructor(options: KlingWorldOptions = {}) {
    this.state = new WorldState(options)
    this.#render = options.render ?? placeholderMedia
  }

  get keys(): Keys {
    return this.state.keys
  }

  /** The emulator's clock: Effect's plus the offset by which it was advanced. Milliseconds since 1970. */
  get now(): Effect.Effect<number> {
    return Effect.map(Clock.currentTimeMillis, (now) => now + this.state.clockOffsetMs)
  }

  /** Returns the callbacks that are due, each once. */
  get takeCallbacks(): Effect.Effect<ReadonlyArray<Callback>> {
    return Effect.map(this.now, (now) => {
      this.state.advanceTo(now)
      return this.state.outbox.splice(0)
    })
  }

  /** Never fails: errors of a request are part of the response. */
  answer(request: KlingRequest): Effect.Effect<KlingAnswer> {
    const { state } = this
    return Effect.gen({ self: this }, function* () {
      const now = yield* this.now
      state.advanceTo(now)
      const date = { date: new Date(now).toUTCString() }
      if (request.path.startsWith(controlPath)) return toAnswer(answerControl(state, request, now), date)
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
    const faults = this.state.faults.inject({ scope: "files", operation: "files", path: request.path })
    return applyFileFaults({ ...(yield* answerFile(this.state, this.#render, request, now)), delivery: whole }, faults)
  }

  *#operation(request: KlingRequest, now: number) {
    const { state } = this
    const route = findRoute(request.method, request.path)
    const name = route === undefined ? "unknown" : operationName(route)
    const withoutFaults = (answer: JsonAnswer) => [name, answer.code, toAnswer(answer, {})] as const
    const requestId = state.requestId()
    const unauthorized = yield* checkAuthorization(
      state,
      request.headers["authorization"],
      acceptsKeyPair(request.path),
      now
    )
    if (unauthorized !== undefined) return withoutFaults(refuse(requestId, unauthorized))
    if (route === undefined) {
      const missing = isKnownPath(request.path)
        ? refusal(1202, `${request.method} is not allowed on this path`)
        : refusal(1203, `There is no ${request.path}`)
      return withoutFaults(refuse(requestId, missing))
    }
    const faults = state.faults.inject({ scope: scopeOf(route), operation: name, path: request.path })
    const applied = applyFaults(faults, requestId, request.headers["authorization"] ?? "", () => {
      const data = answerOperation(state, route, request, faults, now)
      return isRefusal(data) ? refuse(requestId, data) : succeed(requestId, data)
    })
    return [name, applied.code, { ...toAnswer(applied.answer, {}), delivery: applied.delivery }] as const
  }
}

/** A signed token of the key pair works for legacy paths and the packs (Kling docs, authentication). */
const acceptsKeyPair = (path: string): boolean => path.startsWith("/v1/") || path === "/account/costs"

const scopeOf = ({ operation, part }: Route) =>
  part === "self" && operation.kind !== "read" ? ("creates" as const) : ("reads" as const)

const encoder = new TextEncoder()
const byteLength = (body: KlingAnswer["body"]): number =>
  (typeof body === "string" ? encoder.encode(body) : body).length

const toAnswer = ({ status, body, headers }: JsonAnswer, more: Readonly<Record<string, string>>): KlingAnswer => ({
  status,
  headers: {
    "content-type": typeof body === "string" ? "text/html; charset=utf-8" : "application/json; charset=utf-8",
    ...more,
    ...headers
  },
  body: typeof body === "string" || body instanceof Uint8Array ? body : stringifyJson(body),
  delivery: whole
})
