import { NodeServices } from "@effect/platform-node"
import { Effect, FileSystem } from "effect"
import { emulatedKling } from "./emulator.ts"
import { klingkit } from "./run-klingkit.ts"

/** A line of the answer of `klingkit batch --json`. */
export interface BatchLine {
  readonly id: string
  readonly status: string
  readonly handle: string
  readonly take?: number
  readonly files?: ReadonlyArray<string>
}

/** An emulated Kling, and a file in its folder that `run` passes to `klingkit batch`. */
export const batchFile = Effect.fnUntraced(function* (name: string, content: string | Uint8Array) {
  const kling = yield* emulatedKling()
  const fs = yield* FileSystem.FileSystem
  const file = `${kling.home}/${name}`
  const write = (text: string | Uint8Array) =>
    fs.writeFile(file, typeof text === "string" ? new TextEncoder().encode(text) : text)
  yield* write(content)
  const run = (...flags: ReadonlyArray<string>) =>
    Effect.map(klingkit(["batch", file, ...flags, "--json"], kling), ({ exitCode, stdout, stderr }) => ({
      exitCode,
      stderr,
      answer: JSON.parse(stdout) as unknown,
      get lines() {
        return JSON.parse(stdout) as ReadonlyArray<BatchLine>
      }
    }))
  const inject = (...faults: ReadonlyArray<unknown>) =>
    Effect.promise(() =>
      fetch(`${kling.env.KLINGAI_BASE_URL}/_emulator/faults`, { method: "POST", body: JSON.stringify({ faults }) })
    )
  return {
    ...kling,
    fs,
    file,
    write,
    run,
    inject,
    names: (folder: string) => fs.readDirectory(`${kling.home}/${folder}`)
  }
}, Effect.provide(NodeServices.layer))
