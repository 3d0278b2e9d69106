// Imported first: stdout belongs to the protocol, so whatever a dependency prints goes to stderr.
import { Writable } from "node:stream"

const { stdout, stderr } = process
const write = stdout.write.bind(stdout)

/** The real stdout, for JSON-RPC messages only. */
export const wire = new Writable({
  decodeStrings: false,
  write: (chunk: string | Uint8Array, _encoding, done) => {
    write(chunk, done)
  }
})

stdout.on("error", (error) => wire.destroy(error))
stdout.write = stderr.write.bind(stderr)
// A host may close stderr; the server keeps running.
stderr.on("error", () => {})
