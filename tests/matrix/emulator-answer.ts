import { stringifyJson } from "@klingkit/core/internal"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"

/** The response of a fresh emulated Kling with full packs to a create. */
export const answerOf = async (
  path: string,
  body: unknown
): Promise<{ readonly code: unknown; readonly message: string }> => {
  const world = new KlingWorld()
  const answer = await Effect.runPromise(
    world.answer({
      method: "POST",
      path,
      query: new URLSearchParams(),
      headers: { authorization: `Bearer ${world.keys.apiKey}`, "content-type": "application/json" },
      body: stringifyJson(body)
    })
  )
  const { code, message } = JSON.parse(String(answer.body)) as { code: unknown; message: string }
  return { code, message }
}
