import { createHash } from "node:crypto"

/** Replaces random ids by seeded ones, and digests by synchronous ones: real ones complete on a thread, in any order. */
export const seededCrypto = (draw: () => number): (() => void) => {
  // The methods live on the prototype: own properties shadow them until they are deleted.
  crypto.getRandomValues = (array) => {
    if (array instanceof Uint8Array) array.forEach((_, index) => (array[index] = Math.floor(draw() * 256)))
    return array
  }
  crypto.subtle.digest = (_, data) => {
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data)
    const digest = createHash("sha256").update(bytes).digest()
    return Promise.resolve(new Uint8Array(digest).buffer)
  }
  return () => {
    Reflect.deleteProperty(crypto, "getRandomValues")
    Reflect.deleteProperty(crypto.subtle, "digest")
  }
}
