import { Effect } from "effect"
import { randomUUID } from "node:crypto"
import { readFile, readlink } from "node:fs/promises"
import { kill, pid } from "node:process"

/** Names this process: on Linux by the start of the machine, the namespace of its id, the id, and its own start. */
export const processName: Effect.Effect<string> = Effect.promise(async () => {
  try {
    return [await machineOf(), pid, (await statOf(pid)).startedAt].join("/")
  } catch {
    // Whether such a process has ended cannot be known.
    return randomUUID()
  }
})

export const hasEnded = (name: string): Effect.Effect<boolean> =>
  Effect.promise(async () => {
    const [machine, id, startedAt] = name.split("/")
    if (startedAt === undefined || machine !== (await machineOf().catch(() => undefined))) return false
    const stat = await statOf(Number(id)).catch(() => undefined)
    // Processes of other users may be hidden.
    return stat === undefined ? !isThere(Number(id)) : stat.isDead || stat.startedAt !== startedAt
  })

const machineOf = async (): Promise<string> => {
  const bootId = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim()
  return `${bootId} ${await readlink("/proc/self/ns/pid")}`
}

/** From the fields of `/proc/<pid>/stat` that follow the name of the program (proc(5)): state, ..., start time. */
const statOf = async (id: number) => {
  const text = await readFile(`/proc/${id}/stat`, "utf8")
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ")
  return { isDead: /^[ZX]/.test(fields[0] ?? ""), startedAt: fields[19] ?? "" }
}

const isThere = (id: number): boolean => {
  try {
    return kill(id, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH"
  }
}
