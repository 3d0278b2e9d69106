import { fork } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type CaseId, cases } from "./cases.ts"
import type { Client } from "./clients.ts"
import type { Certificate } from "./services/certificate.ts"
import type { Counts } from "./services/service.ts"

/** How the call of a client ended. */
export interface Outcome {
  readonly ended: "success" | "error" | "timeout"
  readonly message: string
}

export interface Cell extends Outcome, Counts {}

/** A client and its result in each case. */
export interface Row {
  readonly name: string
  readonly version: string
  readonly cells: Readonly<Record<CaseId, Cell>>
}

const timeoutSeconds = 60

/** Runs one client in every case, each in a separate process against a separate service. */
export const measure = async (client: Client, packages = "", certificate?: Certificate): Promise<Row> => {
  const cells = await Promise.all(
    cases.map(async ({ id }) => [id, await measureCase(client, id, packages, certificate)] as const)
  )
  return { name: client.name, version: client.version, cells: Object.fromEntries(cells) as Row["cells"] }
}

const measureCase = async (
  client: Client,
  caseId: CaseId,
  packages: string,
  certificate: Certificate | undefined
): Promise<Cell> => {
  const service = await client.serve(caseId, certificate)
  const folder = mkdtempSync(join(tmpdir(), "lost-answers-run-"))
  try {
    const args = [client.name, client.version, service.url, folder, packages]
    const outcome = await runChild(args, folder, service.env)
    const counts = await service.count()
    // Without the fault, the result would prove nothing.
    if (!counts.faultOccurred) throw new Error(`${client.name} never hit ${caseId}: ${outcome.message}`)
    return { ...outcome, ...counts }
  } finally {
    await service.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const program = fileURLToPath(new URL("run-client.ts", import.meta.url))

/** Runs with a fresh environment, without keys, proxies or settings of this machine. */
const runChild = (args: ReadonlyArray<string>, folder: string, env: Readonly<Record<string, string>>) =>
  new Promise<Outcome>((resolve, reject) => {
    const child = fork(program, args, {
      cwd: folder,
      env: { PATH: process.env["PATH"], HOME: folder, ...env },
      stdio: ["ignore", "ignore", "pipe", "ipc"]
    })
    let stderr = ""
    child.stderr?.on("data", (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    const timer = setTimeout(() => {
      resolve({ ended: "timeout", message: `not finished within ${timeoutSeconds} s` })
      child.kill("SIGKILL")
    }, timeoutSeconds * 1000)
    child.once("message", (outcome) => resolve(outcome as Outcome))
    child.once("error", reject)
    child.once("exit", (code) => {
      clearTimeout(timer)
      reject(new Error(`${args[0]} ended without an outcome (${code}): ${stderr.slice(-500)}`))
    })
  })
