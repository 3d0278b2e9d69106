import { type Skill, skills } from "@klingkit/tools"
import type { McpServer } from "@modelcontextprotocol/server"
import { skillEntry, SkillsExtension } from "@modelcontextprotocol/server/ext/skills"

const prefix = "klingkit"
const baseUri = `skill://${prefix}/`

const textOf = ({ name, description, body }: Skill): string =>
  `---\nname: ${name}\ndescription: ${JSON.stringify(description)}\n---\n\n${body}`

const served = skills.map((skill) => ({
  text: textOf(skill),
  path: `${prefix}/${skill.name}`,
  uri: `${baseUri}${skill.name}/SKILL.md`,
  about: skill
}))

/** A skill's size and digest are computed on request. */
const entryOf = ({ path, text }: (typeof served)[number]) => skillEntry(path, { "SKILL.md": text })

/** One for all servers of the process: its skills are fixed at build time. */
const extension = new SkillsExtension({
  baseUri,
  cacheHint: { ttlMs: 3_600_000, cacheScope: "public" },
  source: {
    list: async () => ({ skills: await Promise.all(served.map(entryOf)) }),
    get: async (uri) => {
      const skill = served.find((entry) => entry.uri === uri)
      return skill === undefined ? undefined : entryOf(skill)
    },
    read: async (uri) => {
      const text = served.find((entry) => entry.uri === uri)?.text
      return text === undefined ? undefined : { text, mimeType: "text/markdown" }
    },
    // Hosts without skill support find them as resources.
    listResources: async () =>
      served.map(({ uri, about: { name, description } }) => ({ uri, name, description, mimeType: "text/markdown" }))
  }
})

export const registerSkills = (server: McpServer): void => extension.attach(server)
