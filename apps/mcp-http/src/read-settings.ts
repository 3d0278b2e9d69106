import {
  callbackSecrets,
  type HostingSettings,
  mediaStoreSettings,
  type MediaStoreSettings,
  type OperatingSettings,
  serverSettings
} from "@klingkit/hosting"
import { resultLinks, selectedTools } from "@klingkit/mcp"
import { Effect, type Redacted, Result } from "effect"
import { type Guard, readGuard } from "./guard.ts"

type Tools = Effect.Success<ReturnType<typeof selectedTools>>

export interface Settings {
  readonly hosting: HostingSettings
  readonly operating: OperatingSettings
  readonly guard: Guard
  /** Where finished media are kept; on the disk of the server when absent. */
  readonly mediaStore?: MediaStoreSettings
  readonly callbackSecrets: ReadonlyArray<Redacted.Redacted>
  readonly server: { readonly tools: Tools; readonly resultLinks: boolean }
}

/** All settings of the server, from the environment and the command line; fails with every problem, a line each. */
export const readSettings = Effect.fnUntraced(function* (
  args: Parameters<typeof selectedTools>[0]
): Effect.fn.Return<Settings, ReadonlyArray<string>> {
  const { KLINGKIT_ALLOWED_HOSTS: hosts = "", KLINGKIT_ALLOWED_ORIGINS: origins = "" } = process.env
  const settings = yield* Effect.result(serverSettings)
  const tools = yield* Effect.result(selectedTools(args))
  const links = yield* Effect.result(resultLinks)
  const mediaStore = yield* Effect.result(mediaStoreSettings)
  const guard = readGuard(hosts, origins, Result.getOrUndefined(settings)?.hosting.publicOrigin)
  if (
    Result.isSuccess(settings) &&
    Result.isSuccess(tools) &&
    Result.isSuccess(links) &&
    Result.isSuccess(mediaStore) &&
    !("invalid" in guard)
  ) {
    return {
      ...settings.success,
      guard,
      ...(mediaStore.success === undefined ? {} : { mediaStore: mediaStore.success }),
      callbackSecrets: yield* callbackSecrets,
      server: { tools: tools.success, resultLinks: links.success }
    }
  }
  return yield* Effect.fail([
    ...(Result.isFailure(settings) ? settings.failure.problems : []),
    ...(Result.isFailure(tools) ? [tools.failure.message] : []),
    ...(Result.isFailure(mediaStore) ? mediaStore.failure.problems : []),
    ...(Result.isFailure(links) ? [links.failure.message] : []),
    ...("invalid" in guard ? [guard.invalid] : [])
  ])
})
