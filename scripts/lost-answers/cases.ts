/** What goes wrong on the way of one paid request. The same five for every client. */
export const cases = [
  {
    id: "lost-once",
    title: "answer lost once",
    meaning: "the server reads the whole create, commits the job and cuts the connection; the next answers are whole"
  },
  {
    id: "lost-always",
    title: "answer always lost",
    meaning: "every create is committed, and the answer to none of them arrives"
  },
  {
    id: "page-502",
    title: "502 after commit",
    meaning: "the first create is committed, then a gateway answers 502 with an HTML page; the next answers are whole"
  },
  {
    id: "no-balance",
    title: "429, no balance",
    meaning:
      "every create is refused with HTTP 429 and a body that says that the balance is used up; nothing is committed"
  },
  {
    id: "status-503",
    title: "one status read 503",
    meaning: "the create is answered whole; the first read of the job's status gets 503"
  }
] as const

export type CaseId = (typeof cases)[number]["id"]
