/** One call of a client, with its default settings, for one film of five seconds: resolves when it reports success. */
export type MakeFilm = (world: {
  readonly url: string
  /** A module of the installed packages. */
  readonly load: (name: string) => Promise<unknown>
  /** An empty folder of this run alone. */
  readonly folder: string
}) => Promise<void>

export const prompt = "A red fox walks through fresh snow"
