import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { onTestFinished } from "vitest"

/** The command as linked by setup. */
export const linkedBin = fileURLToPath(new URL("../../../node_modules/.bin/klingkit", import.meta.url))

/** A folder that is deleted when the test finishes. */
export const temporaryFolder = (): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "klingkit-cli-")))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves with the first match in the stream; rejects when the process exits before. */
  says(stream: "stdout" | "stderr", pattern: RegExp): Promise<RegExpExecArray>
}

/** Starts a process that inherits only PATH from this environment. */
export const start = (
  command: string,
  args: ReadonlyArray<string>,
  { env = {}, cwd = temporaryFolder() }: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {}
): Running => {
  const child = spawn(command, args, {
    cwd,
    env: { PATH: process.env["PATH"], HOME: cwd, ...env },
    stdio: ["ignore", "pipe", "pipe"]
  })
  const output = { stdout: "", stderr: "" }
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      output[stream] += text
      child.emit("output")
    })
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject).once("close", (exitCode) => resolve({ exitCode, ...output }))
  })
  const says: Running["says"] = (stream, pattern) =>
    new Promise((resolve, reject) => {
      const check = () => {
        const match = pattern.exec(output[stream])
        if (match === null) return
        child.off("output", check)
        resolve(match)
      }
      child.on("output", check)
      void ended.then(({ stderr }) => reject(new Error(`exited without printing ${pattern}: ${stderr}`)))
      check()
    })
  return { child, ended, says }
}

export const klingkit = (args: ReadonlyArray<string>, options?: Parameters<typeof start>[2]): Running =>
  start(linkedBin, args, options)
