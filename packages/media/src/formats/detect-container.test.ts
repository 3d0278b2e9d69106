import { describe, expect, it } from "vitest"
import { extensions, detectContainer } from "./detect-container.ts"

const bytes = (...parts: ReadonlyArray<string | number>) =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === "number" ? [part] : [...part].map((one) => one.charCodeAt(0))))
  )

const heads: Readonly<Record<string, Uint8Array>> = {
  mp4: bytes(0, 0, 0, 24, "ftypisom", 0, 0, 2, 0),
  m4a: bytes(0, 0, 0, 28, "ftypM4A ", 0, 0, 2, 0),
  avif: bytes(0, 0, 0, 32, "ftypavif", 0, 0, 0, 0),
  heic: bytes(0, 0, 0, 24, "ftypheic", 0, 0, 0, 0),
  mov: bytes(0, 0, 0, 20, "ftypqt  ", 0, 0, 2, 0),
  webm: bytes(0x1a, 0x45, 0xdf, 0xa3, 1, 0, 0, 0, 0, 0, 0, 0),
  png: bytes(0x89, "PNG\r\n", 0x1a, "\n", 0, 0, 0, 13),
  jpg: bytes(0xff, 0xd8, 0xff, 0xe0, 0, 16, "JFIF", 0, 1),
  webp: bytes("RIFF", 1, 0, 0, 0, "WEBP"),
  gif: bytes("GIF89a", 1, 0, 1, 0, 0, 0),
  mp3: bytes("ID3", 4, 0, 0, 0, 0, 0, 0, 0, 0),
  wav: bytes("RIFF", 1, 0, 0, 0, "WAVE"),
  aac: bytes(0xff, 0xf1, 0x50, 0x80, 2, 0x1f, 0xfc, 0, 0, 0, 0, 0)
}

describe("the format of a file", () => {
  it.each(extensions)("is %s by its first bytes", (extension) => {
    expect(detectContainer(heads[extension] ?? bytes())).toMatchObject({ extension })
  })

  it("distinguishes a bare MP3 frame from AAC", () => {
    expect(detectContainer(bytes(0xff, 0xfb, 0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0))?.extension).toBe("mp3")
  })

  it.each([
    "<!DOCTYPE html><html>",
    "<?xml version='1.0'?><Error>AccessDenied</Error>",
    `{"code":1201,"message":"no"}`,
    "#!/bin/sh\nrm -rf x",
    "MZ\u0090\0\u0003\0\0\0\u0004\0\0\0",
    "PK\u0003\u0004\u0014\0\0\0\b\0\0\0",
    "RIFF\0\0\0\0AVI ",
    "",
    "ftyp"
  ])("is unknown for anything that is not a result of Kling: %j", (text) => {
    expect(detectContainer(bytes(text))).toBeUndefined()
  })
})
