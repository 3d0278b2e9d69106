import { validate, ValidationSeverity } from "dockerfile-utils"
import { Schema } from "effect"
import { Yaml } from "effect/encoding"
import { describe, expect, it } from "vitest"
import { readText } from "../house/source-file.ts"

const dockerfile = readText("deploy/Dockerfile")
const compose = readText("deploy/compose.yaml")
const named = (text: string) => new Set(text.match(/KLING(?:AI|KIT)_[A-Z_]+/g))

const Service = Schema.Struct({
  environment: Schema.Record(Schema.String, Schema.String),
  volumes: Schema.Array(Schema.String),
  ports: Schema.optionalKey(Schema.Array(Schema.String))
})
const Compose = Schema.Struct({
  services: Schema.Struct({ klingkit: Service, database: Service }),
  volumes: Schema.Record(Schema.String, Schema.Unknown)
})

describe("the files of deploy/", () => {
  it("name only settings that there are", () => {
    const documented = named(readText("docs/settings.md"))
    expect([...named(dockerfile), ...named(compose)].filter((name) => !documented.has(name))).toEqual([])
  })

  it("have a Dockerfile in which a linter finds nothing", () => {
    const settings = Object.fromEntries(
      ["deprecatedMaintainer", "directiveCasing", "emptyContinuationLine", "instructionCasing"].map((rule) => [
        rule,
        ValidationSeverity.ERROR
      ])
    )
    expect(validate(dockerfile, settings).map(({ message }) => message)).toEqual([])
    expect(validate(dockerfile.replace("EXPOSE 8787", "EXPOSE everything"), settings)).not.toEqual([])
  })

  it("have a compose file whose volumes are declared, and whose ports are this machine's", () => {
    const { services, volumes } = Schema.decodeUnknownSync(Compose)(Yaml.parse(compose))
    const mounted = Object.values(services).flatMap((service) => service.volumes.map((volume) => volume.split(":")[0]))
    expect(new Set(mounted)).toEqual(new Set(Object.keys(volumes)))
    const open = (services.klingkit.ports ?? []).filter((port) => !port.startsWith("127.0.0.1:"))
    expect(open).toEqual([])
  })
})
