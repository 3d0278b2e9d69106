import { startReverseProxy } from "./reverse-proxy.ts"

/** A reverse proxy that takes its servers in turn. One that says that it is not ready gets no more requests. */
export const startBalancer = async () => {
  const targets: Array<string> = []
  let next = 0
  const { origin, close } = await startReverseProxy(() => targets[next++ % Math.max(1, targets.length)])
  return {
    origin,
    /** The origins that requests go to from now on. */
    send: (...origins: ReadonlyArray<string>) => void targets.splice(0, targets.length, ...origins),
    add: (origin: string) => void targets.push(origin),
    /** Leaves out who is not ready. */
    check: async () => {
      const isReady = (target: string) =>
        fetch(`${target}/readyz`).then(
          ({ status }) => status === 200,
          () => false
        )
      const asked = [...targets]
      const ready = await Promise.all(asked.map(isReady))
      targets.splice(0, targets.length, ...targets.filter((target) => ready[asked.indexOf(target)] !== false))
      return [...targets]
    },
    close
  }
}
