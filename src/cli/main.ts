#!/usr/bin/env node
import { CommanderError } from "commander";
import { LongwatchError, messageOf } from "../kernel/errors.js";
import { note } from "./output.js";
import { buildProgram } from "./program.js";

/** 0 done, 1 findings at or above --fail-on, 2 usage or configuration, 3 input, 4 store (design, section 5). */
async function main(): Promise<number> {
  const outcome = { exitCode: 0 };
  try {
    await buildProgram(outcome).parseAsync(process.argv);
    return outcome.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof LongwatchError) {
      note(`longwatch: ${error.describe()}`);
      return error.exitCode;
    }
    // Ours to mend: say so, with what is needed to report it.
    note(`longwatch: unexpected error: ${error instanceof Error ? error.stack : messageOf(error)}`);
    return 4;
  }
}

// A closed pipe (`longwatch findings | head`) is the reader's choice, not a failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await main();
