import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { generateSource } from "oazapfts"
import { afterAll, beforeAll, expect, it } from "vitest"
import { root } from "../house/source-file.ts"
import { freshKling } from "../mcp/emulated-kling.ts"
import { addKey } from "./access-key.ts"
import { startHosted } from "./hosted-server.ts"

const run = promisify(execFile)

let hosted: Awaited<ReturnType<typeof startHosted>>
let project: string

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), "klingkit-rest-client-"))
  hosted = await startHosted({ KLINGKIT_AUTH_KEYS: "on" }, { kling: await freshKling({ speed: 1000 }) })
})
afterAll(async () => {
  await hosted.close()
  rmSync(project, { recursive: true, force: true })
})

/** What a user writes with the generated client; every name and type in it comes from the document. */
const program = `import { HttpError, ok } from "@oazapfts/runtime"
import { defaults, downloadTask, generateVideo, quoteCost, waitForTask } from "./client.ts"

defaults.headers = { Authorization: \`Bearer \${process.env["KEY"]}\` }
const video = { prompt: "a kite over a beach", duration: 5, resolution: "720p" } as const
const { quote } = await ok(quoteCost({ tool: "generate_video", arguments: video }))
const { task_id: id } = await ok(generateVideo(video, { idempotencyKey: "kite" }))
const again = await ok(generateVideo(video, { idempotencyKey: "kite" }))
while ((await ok(waitForTask(id, { timeout_seconds: 5 }))).status !== "succeed");
const { files } = await ok(downloadTask(id, { file_name: "kite" }))
const refused = await ok(generateVideo({ ...video, duration: 99 })).catch((error: HttpError) => error.data)
console.log(
  JSON.stringify({
    usd: quote.usd,
    isSame: again.task_id === id,
    files: files?.map(({ mime_type }) => mime_type),
    refused: refused.code
  })
)
`

it("a generated client, which the compiler accepts, pays once, waits and downloads", async () => {
  writeFileSync(join(project, "client.ts"), await generateSource(`${hosted.origin}/v1/openapi.json`))
  writeFileSync(join(project, "program.ts"), program)
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }))
  const compilerOptions = {
    types: ["node"],
    preserveSymlinks: true,
    // The generator's own code is not written for these.
    exactOptionalPropertyTypes: false,
    noUnusedLocals: false
  }
  const config = { extends: join(root, "tsconfig.base.json"), compilerOptions, include: ["*.ts"] }
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify(config))
  symlinkSync(join(root, "tests/node_modules"), join(project, "node_modules"), "junction")
  const { stdout: errors } = await run(join(root, "node_modules/.bin/tsc"), ["-p", project]).catch(
    (error: { readonly stdout: string }) => error
  )
  expect(errors).toBe("")

  const { stdout } = await run(process.execPath, [join(project, "program.ts")], {
    env: { KEY: await addKey(hosted.settings, "anna") }
  })
  expect(JSON.parse(stdout)).toEqual({
    usd: 0.42,
    isSame: true,
    files: ["video/mp4"],
    refused: "KLING_INVALID_INPUT"
  })
  expect((await hosted.kling.ledger()).tasks).toHaveLength(1)
}, 60_000)
