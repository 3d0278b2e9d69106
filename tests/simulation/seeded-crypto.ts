import { createHash } from "node:crypto"

/**
 * A `Crypto` for `effect/crypto`: random ids come from `draw`, and digests complete at once, since those of the runtime
 * complete on a thread, in any order.
 */
export const seededCrypto = (draw: () => number): Crypto => {
  const getRandomValues: Crypto["getRandomValues"] = (array) => {
    if (array instanceof Uint8Array) array.forEach((_, index) => (array[index] = Math.floor(draw() * 256)))
    return array
  }
  const digest: SubtleCrypto["digest"] = (_, data) => {
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data)
    return Promise.resolve(new Uint8Array(createHash("sha256").update(bytes).digest()).buffer)
  }
  // Nothing else of `Crypto` is used: whatever is missing fails loudly.
  return { getRandomValues, subtle: { digest } } as Crypto
}
