import { Context, Effect, Exit, FiberSet, Schema, Scope } from "effect"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { KlingWorld } from "../world/kling-world.ts"
import type { Keys } from "../world/keys.ts"
import type { WorldOptions } from "../world/world-state.ts"
import { answerHttp } from "./answer-http.ts"
import { createMediaPool } from "./media-pool.ts"
import { sendCallbacks } from "./send-callbacks.ts"

export interface EmulatorOptions extends Omit<WorldOptions, "baseUrl"> {
  /** Default 0: any free port. */
  readonly port?: number
  /** Only loopback: `127.0.0.1` (default), `::1` or `localhost`. */
  readonly host?: string
}

/** Why the emulator could not start; the message is for users. */
export class EmulatorError extends Schema.TaggedError<EmulatorError>()("EmulatorError", { message: Schema.String }) {}

/** A running emulator: its URL, the only keys that it accepts, and the world behind them. */
export interface Emulator extends Keys {
  readonly url: string
  readonly world: KlingWorld
}

/** Starts an emulator that stops with the scope. Fails when the port is in use or the host is not loopback. */
export const startEmulator = Effect.fnUntraced(function* (
  options: EmulatorOptions = {}
): Effect.fn.Return<Emulator, EmulatorError, Scope.Scope> {
  const { port = 0, host = "127.0.0.1" } = options
  if (!isLoopback(host)) {
    return yield* new EmulatorError({
      message: `The emulator listens on loopback only (127.0.0.1 or ::1), not on ${host}.`
    })
  }
  const pool = yield* Effect.acquireRelease(
    Effect.sync(() => createMediaPool()),
    (pool) => Effect.promise(() => pool.close())
  )
  const world = new KlingWorld({ ...options, render: (request) => Effect.promise(() => pool.render(request)) })
  // Ends with the scope, so that a delayed response does not keep the process alive.
  const run = yield* FiberSet.makeRuntime()
  const server = yield* Effect.acquireRelease(listen(port, host), close)
  server.on("request", (request, response) => {
    run(answerHttp(world, request, response))
  })
  const { address, port: bound, family } = server.address() as AddressInfo
  const url = `http://${family === "IPv6" ? `[${address}]` : address}:${bound}`
  world.state.baseUrl = url
  yield* Effect.forkScoped(sendCallbacks(world))
  return { url, ...world.keys, world }
})

const isLoopback = (host: string): boolean => ["127.0.0.1", "::1", "localhost"].includes(host)

const listen = (port: number, host: string): Effect.Effect<Server, EmulatorError> =>
  Effect.callback((resume) => {
    const server = createServer()
    server.once("error", (error: NodeJS.ErrnoException) => resume(Effect.fail(cannotListen(error, port, host))))
    server.listen(port, host, () => resume(Effect.succeed(server)))
  })

const cannotListen = (error: NodeJS.ErrnoException, port: number, host: string): EmulatorError =>
  new EmulatorError({
    message:
      error.code === "EADDRINUSE"
        ? `Port ${port} on ${host} is in use. Stop the process that uses it, choose another port with --port, or any free one with --port 0.`
        : `The emulator cannot listen on ${host}:${port} (${error.code ?? error.message}).`
  })

const close = (server: Server): Effect.Effect<void> =>
  Effect.callback((resume) => {
    server.close(() => resume(Effect.void))
    server.closeAllConnections()
  })

/** A running emulator for programs that do not use Effect. */
export interface RunningEmulator extends Omit<Emulator, "world"> {
  close(): Promise<void>
}

/** `startEmulator` as a promise; rejects with `EmulatorError`. */
export const runEmulator = async (options: EmulatorOptions = {}): Promise<RunningEmulator> => {
  const scope = await Effect.runPromise(Scope.make())
  const end = () => Effect.runPromise(Scope.close(scope, Exit.void))
  try {
    const { world: _, ...emulator } = await Effect.runPromise(
      Effect.provideContext(startEmulator(options), Context.make(Scope.Scope, scope))
    )
    return { ...emulator, close: end }
  } catch (error) {
    await end()
    throw error
  }
}
