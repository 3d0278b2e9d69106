/** How a response is delivered. Everything but `whole` loses some or all of it. */
export type Delivery =
  | { readonly how: "whole"; readonly delayMs?: number; readonly bytesPerSecond?: number }
  /** The connection closes before any byte of the response arrives. */
  | { readonly how: "drop" }
  /** The connection is reset (RST). */
  | { readonly how: "reset" }
  /** Nothing arrives, and the connection stays open. */
  | { readonly how: "hang" }
  /** The headers announce the whole body, but the connection closes after these bytes of it. */
  | { readonly how: "cut"; readonly afterBytes: number }

export const whole: Delivery = { how: "whole" }
