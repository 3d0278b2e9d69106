/** Kling deletes files, links and tasks this long after a task has finished (Kling docs, results; measured to the second). */
export const resultRetentionDays = 30
export const resultRetentionMillis = resultRetentionDays * 86_400_000

/** Kling discards a session, such as the faces found in a video, after this time (Kling docs, lip-sync, multi-elements). */
export const sessionHours = 24
export const sessionMillis = sessionHours * 3_600_000

/** How old Kling's figures of resource packs may be (Kling docs, account costs). */
export const packLagHours = 12

/** Before Kling had resource packs: a read from then on returns all of them, expired ones included. */
export const firstPackMillis = Date.UTC(2024, 0)

/** The websites with the console in which keys are made, by region. */
export const consoleSites = { global: "kling.ai", china: "klingai.com" } as const

/** Domains observed to serve Kling's results, with every host below them. */
export const resultDomains: ReadonlyArray<string> = ["klingai.com", "kechuangai.com"]

/** Said wherever a user may look for it (Kling docs know no such call; a task that was given up ran on and was billed). */
export const cannotCancel = "Kling cannot cancel a task: it keeps running, and what is charged stays charged"
