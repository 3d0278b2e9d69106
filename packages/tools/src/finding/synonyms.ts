/** What users say, by the word that klingkit has for it. Both sides are single words. */
export const synonyms: Readonly<Record<string, ReadonlyArray<string>>> = {
  video: ["clip", "film", "movie", "footage", "reel", "animation"],
  image: ["picture", "photo", "photograph", "pic", "still", "drawing", "artwork", "illustration"],
  speak: ["talk", "say", "speech", "tell", "announce"],
  extend: ["longer", "continue", "lengthen", "prolong", "continuation", "sequel"],
  expand: ["outpaint", "uncrop", "widen", "wider", "enlarge", "border"],
  edit: ["change", "modify", "alter", "fix", "retouch", "adjust"],
  replace: ["swap", "exchange", "substitute"],
  merge: ["join", "concatenate", "concat", "stitch", "assemble", "glue", "append", "montage"],
  combine: ["compose", "blend", "mix"],
  cancel: ["stop", "abort", "kill", "interrupt", "terminate", "undo"],
  price: ["cost", "quote", "expensive", "cheap", "cheaper", "pay", "estimate"],
  balance: ["credit", "unit", "money", "left", "remaining", "fund"],
  save: ["download", "store", "export", "fetch"],
  repeat: ["again", "redo", "rerun", "retry", "regenerate", "reroll", "variation"],
  character: ["person", "figure", "subject", "protagonist", "hero", "actor", "mascot"],
  clothes: ["garment", "dress", "outfit", "shirt", "coat", "wear", "fashion", "clothing"],
  motion: ["move", "movement", "dance", "pose", "gesture", "choreography"],
  upscale: ["enhance", "sharpen", "superresolution", "deblur", "denoise"],
  trim: ["cut", "crop", "shorten", "slice", "split", "slow", "speed", "reverse"],
  sound: ["audio", "noise", "sfx", "foley", "ambience"],
  music: ["song", "melody", "score", "background-music", "bgm"],
  vertical: ["portrait-format", "tiktok", "shorts", "reels", "ratio", "landscape", "horizontal", "square", "format"],
  list: ["show", "history", "recent", "earlier", "previous", "gallery"],
  voice: ["narrator", "speaker"],
  narration: ["voiceover", "dub", "dubbing", "narrate"],
  subtitle: ["caption", "captions"]
}

/** Words that say nothing of what is wanted. */
export const stopWords: ReadonlySet<string> = new Set(
  (
    "a an the my me i it its this that these those is are be do does can could would like want need please to of for in on at by " +
    "with from into how what which where when there some any one your you and or so as just tool kling klingkit let " +
    "make create generate produce render up out off two three four"
  ).split(" ")
)
