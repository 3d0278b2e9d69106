import { describe, expect, it } from "vitest"
import { idIn } from "./wrapped-id.ts"

const handle = "kk-t2v-0123456789abcdefghjkmnpqrs"
const klingId = "893605946441547995"

describe("an id in its wrapping", () => {
  it.each([
    [handle, handle],
    [` ${handle} \n`, handle],
    [`\`${handle}\``, handle],
    [`"${handle}"`, handle],
    [`'${handle}'.`, handle],
    [`${handle}.`, handle],
    [`<${handle}>`, handle],
    [`**${handle}**`, handle],
    [handle.toUpperCase(), handle],
    [`kling://tasks/${handle}`, handle],
    [`Task ID: ${handle}`, handle],
    [`task_id=${klingId}`, klingId],
    [`Task ID: ${klingId}, still running.`, klingId],
    [`[kling://tasks/${klingId}]`, klingId],
    [`${handle} (${handle})`, handle],
    [`\`${handle}#2\`.`, `${handle}#2`],
    [`Task ID: ${handle.toUpperCase()}@LAST`, `${handle}@last`],
    [`"${klingId}#2@first"`, `${klingId}#2@first`],
    ["`abc-1`.", "abc-1"]
  ])("%s", (given, id) => {
    expect(idIn(given)).toBe(id)
  })

  it.each([
    `https://example.com/${klingId}/a.mp4`,
    `/videos/${handle}.mp4`,
    `${handle}.mp4`,
    `${handle} or kk-t2v-zzzzzzzzzzzzzzzzzzzzzzzzzz`,
    "fox.mp4",
    "two words",
    "kk-t2v-short",
    `data:video/mp4;base64,${klingId}`,
    `${"x".repeat(300)} ${klingId}`
  ])("is not guessed at: %s", (given) => {
    expect(idIn(given)).toBe(given)
  })
})
