/** What Kling's words about a failed task point to, and what then helps. Kling publishes no list: these are its usual words. */
const signs: ReadonlyArray<readonly [words: RegExp, advice: string]> = [
  [
    /risk control|sensitiv|violat|polic(y|ies)|safety|moderation|inappropriate|copyright|\u98ce\u63a7|\u654f\u611f|\u8fdd\u89c4/i,
    "It reads like Kling's content check: the same prompt and pictures will fail again. Take out names of real people, brands, violence and nudity, or use another picture."
  ],
  [
    /\bfaces?\b|\bhuman\b|\bbody\b/i,
    "It reads as if Kling could not use the person in the picture or clip: give one where face and body are seen well."
  ],
  [
    /download|fetch|url|resolution|format|file size|too (large|small)|decode/i,
    "It reads as if Kling could not use a picture or clip: check that its URL is public and its form and size are allowed."
  ],
  [
    /internal|timed? ?out|busy|overload|try again|later/i,
    "It reads like trouble on Kling's side: the same input may succeed later."
  ]
]

const again = "Another try is a new, charged task."

/** What to do after a task has failed, by Kling's own words about it. */
export const failureAdvice = (message: string | undefined): string => {
  const found = signs.find(([words]) => words.test(message ?? ""))
  return `${found?.[1] ?? "Change the input before you generate again."} ${again}`
}
