import { createKling, KlingError } from "@klingkit/core"

const kling = createKling()
try {
  // @ts-expect-error The count of images is a number.
  const wrong = kling.submit("legacy.images.generations", { model: "kling-v3", prompt: "a lighthouse", n: "two" })
  const refused = await wrong.then(
    ({ handle }) => handle,
    (error: unknown) => (error instanceof KlingError ? error.code : "another error")
  )
  const { handle } = await kling.submit("legacy.images.generations", {
    model: "kling-v3",
    prompt: "a lighthouse",
    n: 2
  })
  const task = await kling.wait(handle)
  const packs = await kling.call("account.costs", { startTime: 1_700_000_000_000, endTime: 1_800_000_000_000 })
  const names: ReadonlyArray<string> = (packs.resource_pack_subscribe_infos ?? []).map(
    (pack) => pack.resource_pack_name
  )
  process.stdout.write(`${JSON.stringify({ task, refused, names })}\n`)
} finally {
  await kling.close()
}
