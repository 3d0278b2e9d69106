import type { CaseId } from "./cases.ts"
import type { MakeVideo } from "./clients/client.ts"
import type { Certificate } from "./services/certificate.ts"
import { startCountingServer } from "./services/counting-server.ts"
import { startEmulatedKling } from "./services/emulated-kling.ts"
import { falProtocol, klingProtocol, openaiProtocol, type Protocol, replicateProtocol } from "./services/protocol.ts"
import type { Service } from "./services/service.ts"

/** One row of the table. */
export interface Client {
  readonly name: string
  /** The exact version, or the source. */
  readonly version: string
  /** The npm packages to install; none for klingkit itself. */
  readonly packages: ReadonlyArray<string>
  /** The client supports https only. */
  readonly needsTls?: boolean
  readonly program: () => Promise<MakeVideo>
  readonly serve: (caseId: CaseId, certificate?: Certificate) => Promise<Service>
}

const countingServer = (protocol: Protocol) => (caseId: CaseId, certificate?: Certificate) =>
  startCountingServer(caseId, protocol, certificate)

const peer = (name: string, version: string, protocol: Protocol, program: Client["program"]): Client => ({
  name,
  version,
  packages: [`${name}@${version}`],
  program,
  serve: countingServer(protocol)
})

const aiSdk = (version: string, utils: string, program: Client["program"]): Client => ({
  ...peer("ai", version, klingProtocol, program),
  packages: [`ai@${version}`, `@ai-sdk/provider-utils@${utils}`]
})

const klingkit = (name: string, program: Client["program"]): Client => ({
  name,
  version: "this repository",
  packages: [],
  program,
  serve: startEmulatedKling
})

export const peers: ReadonlyArray<Client> = [
  peer("replicate", "1.4.0", replicateProtocol, async () => (await import("./clients/replicate.ts")).makeVideo),
  peer("@fal-ai/client", "1.10.1", falProtocol, async () => (await import("./clients/fal.ts")).makeVideo),
  peer("openai", "7.57.0", openaiProtocol, async () => (await import("./clients/openai.ts")).makeVideo),
  aiSdk("7.0.173", "5.0.81", async () => (await import("./clients/ai-sdk.ts")).makeVideoInSteps),
  aiSdk("6.0.326", "4.0.65", async () => (await import("./clients/ai-sdk.ts")).makeVideoAtOnce),
  {
    ...peer("kling-api", "1.0.0", klingProtocol, async () => (await import("./clients/kling-api.ts")).makeVideo),
    needsTls: true
  }
]

export const ours: ReadonlyArray<Client> = [
  klingkit("@klingkit/core", async () => (await import("./clients/klingkit-core.ts")).makeVideo),
  klingkit("@klingkit/jobs", async () => (await import("./clients/klingkit-jobs.ts")).makeVideo)
]
