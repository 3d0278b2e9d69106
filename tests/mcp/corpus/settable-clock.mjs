// Loaded before a server: its clock is ahead of the machine's by the milliseconds that a file names.
import { readFileSync } from "node:fs"

const now = Date.now
Date.now = () => now() + Number(readFileSync(process.env.CLOCK_FILE, "utf8"))
