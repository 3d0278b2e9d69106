import { Effect, Random } from "effect"

/** Parts of names that escape a folder, hide a file, name a device, or break a terminal. */
const pieces = [
  "../",
  "..\\",
  "..",
  "....//",
  "/",
  "\\",
  "/etc/passwd",
  "/dev/stdout",
  "/proc/self/fd/1",
  "C:\\Windows\\",
  "\\\\host\\share\\",
  "..%2f",
  "%2e%2e%2f",
  "\u2215",
  "\u2044",
  "\u29f8",
  "\uff0f",
  "\0",
  "\n",
  "\r\n",
  "\u001b]0;owned\u0007",
  "\u202e",
  "\u{e0041}",
  "\ud800",
  "~",
  "~/",
  "-rf ",
  "--output=",
  "$(id)",
  "`id`",
  "; rm -rf x",
  "|",
  "CON",
  "nul.mp4",
  "LPT1",
  ".",
  ". ",
  " ",
  ".ssh/authorized_keys",
  ".bashrc",
  ":stream",
  '*?<>"',
  "{handle}",
  "{ext}",
  "视频",
  "é",
  "😀",
  "film.mp4"
]

const hostileName = Effect.gen(function* () {
  if ((yield* Random.nextIntBetween(0, 19)) === 0) {
    const piece = pieces[yield* Random.nextIntBetween(0, pieces.length - 1)] ?? ""
    return piece.repeat(Math.ceil(4096 / piece.length)).slice(0, 4096)
  }
  const count = yield* Random.nextIntBetween(1, 6)
  const parts = yield* Effect.forEach(Array.from({ length: count }), () =>
    Effect.map(Random.nextIntBetween(0, pieces.length - 1), (index) => pieces[index])
  )
  return parts.join("")
})

/** `count` different names, none of which is safe to use as is. */
export const hostileNames = Effect.fnUntraced(function* (count: number) {
  const names = new Set<string>()
  while (names.size < count) names.add(yield* hostileName)
  return [...names]
})
