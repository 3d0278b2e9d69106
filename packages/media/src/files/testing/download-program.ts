// Downloads the video at the first argument into the folder at the second, after a warm-up with the one at the third,
// and prints how much memory that took.
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { Effect } from "effect"
import { argv, memoryUsage, resourceUsage } from "node:process"
import { nodeFileHost } from "../../node/node-file-host.ts"
import { saveOutputs } from "./save-outputs.ts"

const [, , large = "", folder = "", small = ""] = argv

const download = (handle: string, url: string) =>
  saveOutputs(folder, handle, {
    outputs: [{ type: "video", url }],
    policy: { klingIsLocal: true, privateHosts: [] }
  }).pipe(Effect.provide([NodeFileSystem.layer, NodePath.layer, nodeFileHost]))

/** The peak resident set size of this process: code, heap, buffers. */
const peakBytes = () => resourceUsage().maxRSS * 1024

await Effect.runPromise(download("small", small))
const baseline = { peakBytes: peakBytes(), rss: memoryUsage.rss() }
const [saved] = await Effect.runPromise(download("large", large))
console.log(JSON.stringify({ ...saved, grewBytes: peakBytes() - Math.max(baseline.peakBytes, baseline.rss) }))
