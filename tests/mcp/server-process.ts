import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"

const apps = {
  "klingkit-mcp": "mcp-stdio",
  "klingkit-mcp-http": "mcp-http"
} as const

/** The command line of a built server: Node and its entry file. */
export const commandOf = (name: keyof typeof apps): { readonly command: string; readonly entry: string } => {
  const app = new URL(`../../apps/${apps[name]}/`, import.meta.url)
  if (!existsSync(new URL("dist/main.mjs", app))) throw new Error(`${name} is not built; run npm run setup`)
  return { command: process.execPath, entry: fileURLToPath(new URL(`bin/${name}.mjs`, app)) }
}

export interface Started {
  readonly child: ChildProcessWithoutNullStreams
  stdout: string
  stderr: string
  /** Its exit code, and when it ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly at: number }>
  /** Resolves with the first match in its output. */
  says(pattern: RegExp): Promise<RegExpExecArray>
}

/** Starts a built server with only the given environment. */
export const start = (
  name: keyof typeof apps,
  args: ReadonlyArray<string> = [],
  env: Readonly<Record<string, string>> = {}
): Started => run(commandOf(name).entry, args, env)

/** Runs a file with Node and only the given environment. */
export const run = (entry: string, args: ReadonlyArray<string>, env: Readonly<Record<string, string>>): Started => {
  const child = spawn(process.execPath, [entry, ...args], { env: { ...env } })
  const listeners = new Set<() => void>()
  const started: Started = {
    child,
    stdout: "",
    stderr: "",
    ended: new Promise((resolve) => child.once("close", (code) => resolve({ code, at: performance.now() }))),
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const onClose = () => reject(new Error(`${entry} ended: ${started.stdout}${started.stderr}`))
        const check = () => {
          const match = pattern.exec(started.stdout) ?? pattern.exec(started.stderr)
          if (match !== null) {
            listeners.delete(check)
            child.off("close", onClose)
            resolve(match)
          }
        }
        listeners.add(check)
        child.once("close", onClose)
        check()
      })
  }
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      started[stream] += text
      for (const check of listeners) check()
    })
  }
  return started
}

/** Starts the HTTP server on a free port. */
export const startHttp = async (env: Readonly<Record<string, string>> = {}, args: ReadonlyArray<string> = []) => {
  const program = start("klingkit-mcp-http", ["--port", "0", ...args], env)
  const [, url = ""] = await program.says(/listening on (http:\S+)/)
  return { program, url, origin: new URL(url).origin }
}
