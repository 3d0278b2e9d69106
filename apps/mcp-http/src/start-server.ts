import {
  AccountPage,
  isAuthenticated,
  type KnownSecrets,
  metadataPaths,
  missingForUploads,
  resourceMetadata
} from "@klingkit/hosting"
import { ProgressWatch } from "@klingkit/jobs/internal"
import { backgroundFailure, buildServer } from "@klingkit/mcp"
import { restApi, restPath, uploadsPath } from "@klingkit/rest"
import { Effect, ManagedRuntime } from "effect"
import { setTimeout as sleep } from "node:timers/promises"
import { type Admit, admitting, missingScope } from "./admission.ts"
import { listen } from "./listen.ts"
import { logLayer } from "./log.ts"
import { observeRequests } from "./observe.ts"
import { makeOperationsServer } from "./operations.ts"
import type { Settings } from "./read-settings.ts"
import { accountRoute } from "./routes/account.ts"
import { callbackRoute, receiveCallback } from "./routes/callbacks.ts"
import { documentRoute } from "./routes/documents.ts"
import { healthRoutes, ledgerProblem } from "./routes/health.ts"
import { mcpRoutes } from "./routes/mcp.ts"
import { makeMetricsText, metricsRoute } from "./routes/metrics.ts"
import { uploadRoutes } from "./routes/uploads.ts"
import { restRoute } from "./routes/rest.ts"
import { makeHttpApp } from "./serve.ts"
import { serverLayer } from "./server-layer.ts"

/** Calls may finish for this long after a stop signal. */
const graceMillis = 5000
/** Kling may answer a request that was sent for this long after that. */
const lingerMillis = 5000

interface Start {
  readonly settings: Settings
  readonly host: string
  readonly port: number
  readonly version: string
  readonly secrets: KnownSecrets
  /** What the program says and ends with when it cannot listen. */
  readonly fail: (message: string) => void
}

/** Serves until the process is asked to stop. */
export const startServer = ({ settings, host, port, version, secrets, fail }: Start): void => {
  const { hosting, operating, server } = settings
  const runtime = ManagedRuntime.make(serverLayer(settings, version, secrets))
  // Lines are written before anything else is there, and after.
  const logging = ManagedRuntime.make(logLayer(operating.log, secrets))
  const log = (effect: Effect.Effect<void>) => void logging.runFork(effect)
  // A rejection that no caller awaits must not end the calls of others.
  process.on("unhandledRejection", (reason) => log(Effect.logError(backgroundFailure(reason))))

  const admitTo =
    (route: string): Admit =>
    (request, serve) =>
      runtime.runPromise(admitting(request, serve, { settings: hosting, route }))
  const stopping = new AbortController()
  const isStopping = () => stopping.signal.aborted
  const health = healthRoutes({
    health: () => runtime.runPromise(lateWork),
    readiness: () => (isStopping() ? Promise.resolve("the server is stopping") : runtime.runPromise(ledgerProblem))
  })
  const mcp = mcpRoutes(
    admitTo("/mcp"),
    (services) => buildServer(services, { ...server, version, stopping: stopping.signal }),
    (line, requestId) =>
      log(Effect.annotateLogs(Effect.logWarning(line), requestId === undefined ? {} : { request_id: requestId }))
  )
  const rest = restApi(server.tools, {
    version,
    signIn: isAuthenticated(hosting),
    takesUploads: missingForUploads(hosting, settings.mediaStore !== undefined).length === 0,
    ...(hosting.publicOrigin === undefined ? {} : { publicOrigin: hosting.publicOrigin })
  })
  const metadata = resourceMetadata(hosting)
  const app = makeHttpApp({
    guard: settings.guard,
    routes: [
      ...mcp.routes,
      ...uploadRoutes({
        admit: admitTo(uploadsPath),
        missing: (caller) => missingScope(caller, "kling:generate", hosting),
        run: (effect) => runtime.runPromise(effect)
      }),
      restRoute(rest, {
        admit: admitTo(restPath),
        missing: (caller, scope) => missingScope(caller, scope, hosting),
        stopping: stopping.signal
      }),
      ...health,
      accountRoute((request) => runtime.runPromise(AccountPage.use((page) => page.answer(request)))),
      callbackRoute((request, path) => runtime.runPromise(receiveCallback(request, path, settings.callbackSecrets))),
      ...(metadata === undefined ? [] : metadataPaths.map((path) => documentRoute(path, metadata)))
    ],
    closeRoutes: () => mcp.close(),
    observe: observeRequests(secrets, log)
  })
  const metricsText = makeMetricsText(version)
  const operations = makeOperationsServer([...health, metricsRoute(() => runtime.runPromise(metricsText))])

  const stop = async (drainSeconds: number) => {
    if (isStopping()) return
    stopping.abort()
    app.drain()
    await sleep(app.server.listening ? drainSeconds * 1000 : 0)
    await app.close(graceMillis)
    operations.close()
    operations.closeAllConnections()
    setTimeout(() => process.exit(), lingerMillis).unref()
    await runtime.dispose()
  }
  const say = (text: string) => process.stdout.write(`klingkit-mcp-http ${text}\n`)
  const cannotListen = (error: Error) => {
    fail(error.message)
    return stop(0)
  }
  listen(app.server, { host, port, setting: "--port" })
    .then((origin) => {
      say(`is listening on ${origin}/mcp`)
      // What runs between requests does not wait for the first one.
      return runtime.runPromise(Effect.void)
    })
    .catch(cannotListen)
  if (operating.metrics !== undefined) {
    listen(operations, { ...operating.metrics, setting: "KLINGKIT_METRICS" })
      .then((origin) => say(`has metrics and health checks on ${origin}/metrics`))
      .catch(cannotListen)
  }
  process.once("SIGTERM", () => void stop(operating.drainSeconds)).once("SIGINT", () => void stop(0))
}

/** Background work that no longer advances, in words. */
const lateWork = Effect.map(
  Effect.flatMap(ProgressWatch, ({ late }) => late),
  (late) => (late.length === 0 ? undefined : `no progress for a quarter of an hour: ${late.join(", ")}`)
)
