import { afterAll, beforeAll, expect, it, vi } from "vitest"
import { DatabaseSync } from "node:sqlite"
import { join } from "node:path"
import { freshKling } from "../mcp/emulated-kling.ts"
import { start, startHttp } from "../mcp/server-process.ts"
import { addKey } from "./access-key.ts"
import { startReceiver } from "./webhook-receiver.ts"

const within = { timeout: 100_000, interval: 100 }

const world = {} as {
  kling: Awaited<ReturnType<typeof freshKling>>
  receiver: Awaited<ReturnType<typeof startReceiver>>
  server: Awaited<ReturnType<typeof startHttp>>
  env: Record<string, string>
  key: string
}

/** What a command of the built server prints. */
const command = (...args: ReadonlyArray<string>) => commandIn({}, ...args)

const commandIn = async (env: Readonly<Record<string, string>>, ...args: ReadonlyArray<string>) => {
  const program = start("klingkit-mcp-http", args, { ...world.env, ...env })
  const { code } = await program.ended
  return { code, stdout: program.stdout, stderr: program.stderr }
}

/** Submits a video, whose end no caller waits for; returns its task id. */
const submit = async (prompt: string): Promise<string> => {
  const response = await fetch(world.server.url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json",
      authorization: `Bearer ${world.key}`
    },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "generate_video", arguments: { prompt } }
    })
  })
  return /kk-t2v-[0-9a-z]{26}/.exec(await response.text())?.[0] ?? "no task"
}

const isAccepted = (handle: string) =>
  vi.waitFor(
    () =>
      expect(world.kling.rows().find((row) => row["handle"] === handle)).toMatchObject({ task_id: expect.any(String) }),
    within
  )

const failures = () => {
  const database = new DatabaseSync(join(world.kling.home, "klingkit", "ledger.db"), { readOnly: true })
  try {
    return database.prepare("SELECT failure FROM klingkit_messages WHERE failure IS NOT NULL").all()
  } finally {
    database.close()
  }
}

beforeAll(async () => {
  const [kling, receiver] = [await freshKling(), await startReceiver()]
  const env = { ...kling.env, KLINGKIT_SECRET: "shared by replicas", KLINGKIT_AUTH_KEYS: "on" }
  Object.assign(world, { kling, receiver, env })
  world.key = await addKey(env, "anna")
  for (const caller of ["anna", "bert"]) {
    const url = receiver.address(`/${caller}`)
    const added = await command("endpoints", "add", `of-${caller}`, url, "--caller", `key:${caller}`)
    expect(added).toMatchObject({ code: 0, stdout: expect.stringMatching(/^whsec_[A-Za-z0-9+/=]+\n$/) })
    receiver.trust(`/${caller}`, added.stdout.trim())
  }
  world.server = await startHttp(env)
})

afterAll(async () => {
  world.server.program.child.kill("SIGKILL")
  await world.server.program.ended
  await world.receiver.close()
  await world.kling.close()
})

it("an endpoint gets one message about the end of a job without a waiting caller, and only about its caller's jobs", async () => {
  const handle = await submit("a lighthouse")
  await isAccepted(handle)
  await world.kling.finishTasks()
  await vi.waitFor(() => expect(world.receiver.received).toHaveLength(1), within)
  expect(world.receiver.received).toMatchObject([
    {
      path: "/anna",
      payload: {
        type: "job.succeeded",
        data: {
          task_id: handle,
          status: "succeed",
          prompt: "a lighthouse",
          caller: "key:anna",
          outputs: [{ type: "video", url: expect.any(String) }]
        }
      }
    }
  ])
})

it("what ends while the endpoint is away and the server is killed is sent by the next server", async () => {
  const before = world.receiver.received.length
  await world.receiver.goAway()
  const handle = await submit("a harbour")
  await isAccepted(handle)
  await world.kling.finishTasks()
  await vi.waitFor(() => expect(failures()).toMatchObject([{ failure: "it could not be reached" }]), within)
  world.server.program.child.kill("SIGKILL")
  await world.server.program.ended
  expect((await command("endpoints", "list")).stdout).toMatch(/^of-anna\t.*1 delivered, 1 pending, 0 given up/)
  await world.receiver.comeBack()
  world.server = await startHttp(world.env)
  await vi.waitFor(() => expect(world.receiver.received).toHaveLength(before + 1), within)
  expect(world.receiver.received.at(-1)).toMatchObject({ payload: { data: { task_id: handle } } })
})

it("messages are sent again by command, under their ids", async () => {
  const ids = world.receiver.received.map(({ id }) => id)
  const replayed = await command("endpoints", "replay", "of-anna", "--since", "2000-01-01T00:00Z")
  expect(replayed).toMatchObject({ code: 0, stderr: expect.stringContaining(`${ids.length} messages are sent`) })
  await vi.waitFor(() => expect(world.receiver.received).toHaveLength(2 * ids.length), within)
  expect(new Set(world.receiver.received.map(({ id }) => id))).toEqual(new Set(ids))
  expect(await command("endpoints", "test", "of-bert")).toMatchObject({ code: 0 })
  expect(world.receiver.received.at(-1)).toMatchObject({ path: "/bert", payload: { type: "endpoint.test" } })
})

it("a server that is for others sends nothing to its own machine, whenever the endpoint was added", async () => {
  const [before, elsewhere] = [world.receiver.received.length, { KLINGKIT_PUBLIC_URL: "https://kling.example" }]
  const added = await commandIn(elsewhere, "endpoints", "add", "x", world.receiver.address("/x"))
  expect(added).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("the URL is not https") })
  const tested = await commandIn(elsewhere, "endpoints", "test", "of-bert")
  expect(tested).toMatchObject({ code: 1, stderr: expect.stringContaining("its address is not https") })
  expect(world.receiver.received).toHaveLength(before)
})

it.each([
  [["endpoints", "add", "x", "https://169.254.169.254/"], "points into a private network"],
  [["endpoints", "add", "x", "http://hooks.example/"], "is not https"],
  [["endpoints", "add", "of-anna", "https://hooks.example/"], "there is an endpoint of-anna"],
  [["endpoints", "replay", "of-anna", "--since", "yesterday"], "--since must be a time"],
  [["endpoints", "replay", "nobody", "--since", "2000-01-01"], "there is no endpoint nobody"],
  [["endpoints", "list", "--caller", "key:anna"], "--caller is not for endpoints list"],
  [["endpoints", "show"], "endpoints takes add NAME URL"]
])("%j is refused with what is wrong", async (args, message) => {
  const refused = await command(...args)
  expect(refused).toMatchObject({ stdout: "", stderr: expect.stringContaining(message) })
  expect(refused.code).not.toBe(0)
})
