const encoder = new TextEncoder()

/** Why a name cannot be a file name on every system, or undefined. */
export const nameProblem = (name: string): string | undefined =>
  /^\.{0,2}$|[/\\\0]/.test(name) || encoder.encode(name).length > 240
    ? "the file name must be at most 240 bytes and must not contain a path"
    : undefined
