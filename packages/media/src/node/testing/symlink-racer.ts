// A worker that replaces a folder with a link to another one and back, as fast as it can, until it is stopped.
import { renameSync, rmSync, symlinkSync, unlinkSync } from "node:fs"
import { workerData } from "node:worker_threads"

const { folder, outside, stop } = workerData as {
  readonly folder: string
  readonly outside: string
  readonly stop: SharedArrayBuffer
}
const flags = new Int32Array(stop)

const succeeds = (work: () => void): boolean => {
  try {
    work()
    return true
  } catch {
    return false
  }
}

/** A download recreates the folder if it is missing: that one has to be removed first, with its content. */
const replaceWith = (put: () => void): void => {
  while (!succeeds(put)) succeeds(() => rmSync(folder, { recursive: true, force: true }))
}

for (; Atomics.load(flags, 0) === 0; Atomics.add(flags, 1, 1)) {
  renameSync(folder, `${folder}.away`)
  replaceWith(() => symlinkSync(outside, folder))
  unlinkSync(folder)
  replaceWith(() => renameSync(`${folder}.away`, folder))
}
