import type { ModelFacts } from "./model-facts.ts"

interface Listed {
  readonly model: { readonly id: string; readonly state: "live" | "unconfirmed" }
  readonly facts: Pick<ModelFacts, "listedAs">
}

/** The models in the order in which they are listed: live ones first, then by version, newest first, then as declared. */
export const inOrder = <Model extends Listed["model"]>(
  listed: ReadonlyArray<{ readonly model: Model; readonly facts: Listed["facts"] }>
): ReadonlyArray<Model> =>
  listed
    .toSorted((a, b) => Number(isLive(b)) - Number(isLive(a)) || versionOf(b) - versionOf(a))
    .map(({ model }) => model)

const isLive = ({ model }: Listed): boolean => model.state === "live"

/** 2.6 of `kling-2.6` and of `kling-v2-6`. */
const versionOf = ({ model, facts }: Listed): number => {
  const [, major = "0", minor = "0"] = /-v?(\d+)(?:[.-](\d+))?/.exec(model.id) ?? []
  return facts.listedAs ?? Number(`${major}.${minor}`)
}
