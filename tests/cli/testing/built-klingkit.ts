import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { onTestFinished } from "vitest"

/** The program as it is linked after setup. */
export const linkedBin = fileURLToPath(new URL("../../../node_modules/.bin/klingkit", import.meta.url))

/** A folder that goes when the test ends. */
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
  /** Resolves when the stream has said something that matches; rejects when the program ends before. */
  says(stream: "stdout" | "stderr", pattern: RegExp): Promise<RegExpExecArray>
}

/** Starts a program with nothing of this process's environment but the way to Node. */
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
  const said = { stdout: "", stderr: "" }
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      said[stream] += text
      child.emit("said")
    })
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject).once("close", (exitCode) => resolve({ exitCode, ...said }))
  })
  const says: Running["says"] = (stream, pattern) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(said[stream])
        if (match === null) return
        child.off("said", look)
        resolve(match)
      }
      child.on("said", look)
      void ended.then(({ stderr }) => reject(new Error(`ended without saying ${pattern}: ${stderr}`)))
      look()
    })
  return { child, ended, says }
}

export const klingkit = (args: ReadonlyArray<string>, options?: Parameters<typeof start>[2]): Running =>
  start(linkedBin, args, options)
