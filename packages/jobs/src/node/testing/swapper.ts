// A worker that exchanges a folder for a link to another one and back, as fast as it can, until it is told to stop.
import { renameSync, rmSync, symlinkSync, unlinkSync } from "node:fs"
import { workerData } from "node:worker_threads"

const { folder, outside, stop } = workerData as {
  readonly folder: string
  readonly outside: string
  readonly stop: SharedArrayBuffer
}
const flags = new Int32Array(stop)

const attempt = (work: () => void): boolean => {
  try {
    work()
    return true
  } catch {
    return false
  }
}

/** A download makes the folder anew when it finds none: that one has to go first, together with what comes into it. */
const putInPlace = (put: () => void): void => {
  while (!attempt(put)) attempt(() => rmSync(folder, { recursive: true, force: true }))
}

for (; Atomics.load(flags, 0) === 0; Atomics.add(flags, 1, 1)) {
  renameSync(folder, `${folder}.away`)
  putInPlace(() => symlinkSync(outside, folder))
  unlinkSync(folder)
  putInPlace(() => renameSync(`${folder}.away`, folder))
}
