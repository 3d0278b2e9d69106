// A program that downloads the film at its first argument into the folder at its second, on top of one at its third
// that warms it up, and prints what that cost of memory.
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { Effect } from "effect"
import { argv, memoryUsage, resourceUsage } from "node:process"
import { nodeFileHost } from "../../node/node-file-host.ts"
import { downloadJob } from "../download-job.ts"

const [, , large = "", folder = "", small = ""] = argv

const download = (handle: string, url: string) =>
  downloadJob(
    { handle, task: { id: handle, status: "succeed", outputs: [{ type: "video", url }], charges: [] } },
    { outputDir: folder, klingIsLocal: true },
    {}
  ).pipe(Effect.provide([NodeFileSystem.layer, NodePath.layer, nodeFileHost]))

/** The most that this process has ever held, as its system counts: code, heap, buffers, all. */
const peakBytes = () => resourceUsage().maxRSS * 1024

await Effect.runPromise(download("small", small))
const before = { peakBytes: peakBytes(), rss: memoryUsage.rss() }
const [saved] = await Effect.runPromise(download("large", large))
console.log(JSON.stringify({ ...saved, grewBytes: peakBytes() - Math.max(before.peakBytes, before.rss) }))
