/** How an answer reaches the client. Everything but `whole` loses something on the way. */
export type Delivery =
  | { readonly how: "whole"; readonly delayMs?: number; readonly bytesPerSecond?: number }
  /** The connection ends and no byte of the answer arrives. */
  | { readonly how: "drop" }
  /** The connection is reset (RST). */
  | { readonly how: "reset" }
  /** Nothing arrives, and the connection stays open. */
  | { readonly how: "hang" }
  /** The headers promise the whole body, the connection ends after these bytes of it. */
  | { readonly how: "cut"; readonly afterBytes: number }

export const whole: Delivery = { how: "whole" }
