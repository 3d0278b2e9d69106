/** The failures of one paid request: the same five for every client. */
export const cases = [
  {
    id: "lost-once",
    title: "answer lost once",
    meaning:
      "the server reads the whole create request, commits the job and drops the connection; later responses arrive"
  },
  {
    id: "lost-always",
    title: "answer always lost",
    meaning: "every create is committed, and no response arrives"
  },
  {
    id: "page-502",
    title: "502 after commit",
    meaning: "the first create is committed, then a gateway returns 502 with an HTML page; later responses arrive"
  },
  {
    id: "no-balance",
    title: "429, no balance",
    meaning: "every create is rejected with HTTP 429 and a body about an insufficient balance; nothing is committed"
  },
  {
    id: "status-503",
    title: "one status read 503",
    meaning: "the create succeeds; the first read of the job's status gets 503"
  }
] as const

export type CaseId = (typeof cases)[number]["id"]
