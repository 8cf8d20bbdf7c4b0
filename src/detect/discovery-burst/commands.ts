import { z } from "zod";
import { shippedList } from "../../kernel/shipped-list.js";
import { programName } from "../shared/process-name.js";
import { writableValue } from "../shared/windows-path.js";

const names = z.array(z.string().regex(/^[a-z0-9_-]+$/)).min(1);
const share = z.number().min(0).max(1);
const listSchema = z.strictObject({
  commands: z.array(
    z.strictObject({
      question: z.string().min(1),
      programs: names,
      arguments: z.string().min(1).optional(),
      attack: z.string().regex(/^T\d{4}(\.\d{3})?$/),
      weight: share,
    }),
  ),
  carriers: names,
  starters: z.array(z.strictObject({ what: z.string().min(1), programs: names, value: share })),
});

/** What a command asks. */
export interface Question {
  question: string;
  /** ATT&CK technique. */
  attack: string;
  /** 1 hardly asked by anybody but administrators and intruders … 0.3 asked by software all day. */
  weight: number;
}

/** Who stands behind commands: how odd that is (0..1), and why. */
export interface Starter {
  value: number;
  what: string;
}

export interface CommandList {
  /** Names of all programs that it knows questions of. */
  readonly programs: readonly string[];
  readonly carriers: ReadonlySet<string>;
  /** What the start of a program asks; `names` are its file name and the name in its version information. */
  questionsOf(names: readonly string[], commandLine: string): Question[];
  starterOf(path: string): Starter;
}

/** Longer command lines are cut: what they ask stands at their beginning. */
const LONGEST = 4_096;
const TEMPORARY = /^\/(?:tmp|var\/tmp|dev\/shm|run\/user)\//;

/** `commands.yaml`. @throws LW_CONFIG where it was damaged. */
export const commandList = shippedList(
  "The list of discovery commands",
  "src/detect/discovery-burst/commands.yaml",
  (content) => compile(listSchema.parse(content)),
);

function compile({ commands, carriers, starters }: z.infer<typeof listSchema>): CommandList {
  const byProgram = new Map<string, { asks: Question; pattern: RegExp | undefined }[]>();
  for (const { programs, arguments: pattern, ...asks } of commands)
    for (const program of programs)
      byProgram.set(program, [
        ...(byProgram.get(program) ?? []),
        { asks, pattern: pattern === undefined ? undefined : new RegExp(pattern) },
      ]);
  const known = new Map(
    starters.flatMap(({ programs, ...starter }) => programs.map((program) => [program, starter] as const)),
  );
  return {
    programs: [...byProgram.keys()],
    carriers: new Set(carriers),
    questionsOf(names, commandLine) {
      const line = commandLine.slice(0, LONGEST).toLowerCase().replaceAll('"', "");
      const entries = new Set(names.flatMap((name) => byProgram.get(name) ?? []));
      return [...entries].filter(({ pattern }) => pattern?.test(line) !== false).map(({ asks }) => asks);
    },
    starterOf(path) {
      const starter = known.get(programName(path)) ?? { value: 0, what: "" };
      const place = placeValue(path);
      if (place > starter.value)
        return { value: place, what: `${starter.what || "a program"} that lies where users can write` };
      if (starter.what !== "") return starter;
      return path === "" || carriers.includes(programName(path))
        ? { value: 0, what: "whoever that is" }
        : { value: 0.2, what: "a program that is not known to run such commands" };
    },
  };
}

/** A program where software installs itself for one user is no more odd than others. */
function placeValue(path: string): number {
  if (path.startsWith("/")) return TEMPORARY.test(path) ? 1 : 0;
  const value = path.includes("\\") ? writableValue(path) : 0;
  return value <= 0.2 ? 0 : value;
}
