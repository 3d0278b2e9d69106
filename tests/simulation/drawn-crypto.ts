import { createHash } from "node:crypto"

/** Ids from the simulation's draws, and digests that are there at once: real ones come from a thread, in any order. */
export const drawnCrypto = (draw: () => number): (() => void) => {
  // The functions of the object live on its prototype: what is set here hides them, until it is taken away.
  crypto.getRandomValues = (array) => {
    if (array instanceof Uint8Array) array.forEach((_, index) => (array[index] = Math.floor(draw() * 256)))
    return array
  }
  crypto.subtle.digest = (_, data) => {
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data)
    const found = createHash("sha256").update(bytes).digest()
    return Promise.resolve(new Uint8Array(found).buffer)
  }
  return () => {
    Reflect.deleteProperty(crypto, "getRandomValues")
    Reflect.deleteProperty(crypto.subtle, "digest")
  }
}
