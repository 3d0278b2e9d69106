import { ConfigProvider, Effect } from "effect"
import { expect, it } from "vitest"
import { selectedTools } from "./selected-tools.ts"

const listingTokens = (environment: Readonly<Record<string, string>>): Promise<boolean> =>
  Effect.runPromise(
    selectedTools({ toolsets: undefined, readOnly: false }).pipe(
      Effect.map((tools) =>
        tools.some(({ name, inputSchema }) => name === "generate_video" && "confirm_token" in inputSchema.properties)
      ),
      Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(environment)))
    )
  )

it.each([
  ["on", true],
  [" True ", true],
  ["1", true],
  ["off", false],
  ["maybe", false]
])("lists confirm_token as the limits read the setting: %j", async (value, isListed) => {
  expect(await listingTokens({ KLINGKIT_CONFIRM_TOKENS: value })).toBe(isListed)
})

it("lists no confirm_token without the setting", async () => {
  expect(await listingTokens({})).toBe(false)
})
