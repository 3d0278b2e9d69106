// Downloads the video at the first argument into the folder at the second, and is killed once it has written a part of it.
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { Effect } from "effect"
import { argv, kill, pid } from "node:process"
import { nodeFileHost } from "../../node/node-file-host.ts"
import { saveOutputs } from "./save-outputs.ts"

const [, , url = "", folder = ""] = argv

await Effect.runPromise(
  saveOutputs(folder, "task", {
    outputs: [{ type: "video", url }],
    policy: { klingIsLocal: true, privateHosts: [] },
    onProgress: () => Effect.sync(() => void kill(pid, "SIGKILL"))
  }).pipe(Effect.provide([NodeFileSystem.layer, NodePath.layer, nodeFileHost]))
)
