import { Effect, Random } from "effect"

const pick = <A>(from: ReadonlyArray<A>): Effect.Effect<A> =>
  Effect.map(Random.nextIntBetween(0, from.length - 1), (index) => from[index] as A)

const byte = (from = 0, to = 255) => Random.nextIntBetween(from, to)

/** Addresses of this machine and of private networks. */
const privateAddress = Effect.gen(function* () {
  const [a, b, c] = [yield* byte(), yield* byte(), yield* byte(1, 254)]
  return yield* pick<readonly [number, number, number, number]>([
    [127, a, b, c],
    [10, a, b, c],
    [0, a, b, c],
    [172, 16 + (a % 16), b, c],
    [192, 168, b, c],
    [169, 254, 169, 254],
    [100, 64 + (a % 64), b, c],
    [198, 18 + (a % 2), b, c],
    [224 + (a % 16), a, b, c]
  ])
})

type Octets = readonly [number, number, number, number]
const hex = (value: number) => value.toString(16)
const pair = (high: number, low: number) => hex(high * 256 + low)
const asInteger = ([a, b, c, d]: Octets) => ((a * 256 + b) * 256 + c) * 256 + d

/** The spellings of an IPv4 address that URL parsers and C libraries accept. */
const spellings: ReadonlyArray<(octets: Octets) => string> = [
  (octets) => octets.join("."),
  (octets) => `${octets.join(".")}.`,
  (octets) => String(asInteger(octets)),
  (octets) => `0x${hex(asInteger(octets))}`,
  (octets) => `0${asInteger(octets).toString(8)}`,
  (octets) => octets.map((octet) => `0x${hex(octet)}`).join("."),
  (octets) => octets.map((octet) => `0${octet.toString(8)}`).join("."),
  ([a, b, c, d]) => `${a}.${(b * 256 + c) * 256 + d}`,
  ([a, b, c, d]) => `${a}.${b}.${c * 256 + d}`,
  (octets) => octets.join("%2e"),
  (octets) => octets.join("\u3002"),
  (octets) => octets.join(".").replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  (octets) => `[::ffff:${octets.join(".")}]`,
  ([a, b, c, d]) => `[::ffff:${pair(a, b)}:${pair(c, d)}]`,
  ([a, b, c, d]) => `[0:0:0:0:0:ffff:${pair(a, b)}:${pair(c, d)}]`,
  ([a, b, c, d]) => `[64:ff9b::${pair(a, b)}:${pair(c, d)}]`,
  ([a, b, c, d]) => `[2002:${pair(a, b)}:${pair(c, d)}::1]`,
  (octets) => `[::${octets.join(".")}]`
]

const names = [
  "localhost",
  "LOCALHOST",
  "localhost.",
  "app.localhost",
  "metadata.google.internal",
  "printer.local",
  "router.home.arpa",
  "rebind.example",
  "cdn.klingai.com.evil.example",
  "[::1]",
  "[::]",
  "[fe80::1]",
  "[fd00:ec2::254]",
  "[0:0:0:0:0:0:0:1]"
]

const hostileHost = Effect.gen(function* () {
  if ((yield* byte()) < 60) return yield* pick(names)
  return (yield* pick(spellings))(yield* privateAddress)
})

/** `count` different URLs that would make this machine send requests into its own network, or use another protocol. */
export const hostileUrls = Effect.fnUntraced(function* (count: number, port: string) {
  const urls = new Set<string>()
  while (urls.size < count) {
    const host = yield* hostileHost
    const authority = yield* pick([host, `${host}:${port}`, `user:pass@${host}`, `cdn.klingai.com@${host}:${port}`])
    const scheme = yield* pick(["https", "https", "http", "HTTPS", "ftp", "gopher", "ws", "file"])
    const path = yield* pick(["", "/", "/latest/meta-data", "/a.mp4?x=%0d%0aHost:%20evil", "/\r\nX: y", "\\..\\a"])
    urls.add(`${scheme}://${authority}${path}#${hex(urls.size)}`)
  }
  return [...urls, "javascript:alert(1)", "data:text/html,x", "//127.0.0.1/a", ""].slice(-count)
})
