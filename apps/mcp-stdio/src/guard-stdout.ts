// Imported before anything else: from here on stdout belongs to the protocol. What a dependency prints goes to stderr.
import { Writable } from "node:stream"

const { stdout, stderr } = process
const write = stdout.write.bind(stdout)

/** The real stdout, for JSON-RPC messages alone. */
export const wire = new Writable({
  decodeStrings: false,
  write: (chunk: string | Uint8Array, _encoding, done) => {
    write(chunk, done)
  }
})

stdout.on("error", (error) => wire.destroy(error))
stdout.write = stderr.write.bind(stderr)
// A host that does not read stderr may close it; that is no reason to end.
stderr.on("error", () => {})
