/** One call of a client with default settings, for one video of five seconds; resolves when it reports success. */
export type MakeVideo = (world: {
  readonly url: string
  /** Imports a module of the installed packages. */
  readonly load: (name: string) => Promise<unknown>
  /** An empty folder for this run. */
  readonly folder: string
}) => Promise<void>

export const prompt = "A red fox walks through fresh snow"
