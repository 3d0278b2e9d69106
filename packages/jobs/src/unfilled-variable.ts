/**
 * The first variable in a path that the program which set it was to fill in and did not: `${HOME}`, `$HOME/...`, `%APPDATA%\...`. Hosts
 * pass their configuration on as it is written; a shell would have replaced it.
 */
export const unfilledVariable = (path: string): string | undefined =>
  /\$\{[^}]*\}|(?<=^|[\\/])(\$[A-Za-z_]\w*|%[A-Za-z_]\w*%)(?=$|[\\/])/.exec(path)?.[0]

/** Continues a sentence about the setting. */
export const unfilledText = (variable: string): string =>
  `contains ${variable}, which the program that set it did not fill in; write the folder out`
