import { z } from "zod";
import { shippedList } from "../../kernel/shipped-list.js";

const name = z.string().regex(/^[a-z0-9_-]+$/);
const technique = z.string().regex(/^T\d{4}(\.\d{3})?$/);
const share = z.number().min(0).max(1);
const listSchema = z.strictObject({
  hosts: z.array(z.strictObject({ program: name, attack: technique, source: z.url() })),
  shapes: z.array(
    z.strictObject({
      what: z.string().min(1),
      programs: z.array(name).min(1),
      pattern: z.string().min(1),
      attack: technique,
      value: share,
    }),
  ),
  parents: z.array(
    z.strictObject({
      what: z.string().min(1),
      programs: z.array(name).min(1),
      value: share,
      attack: technique,
    }),
  ),
});

export interface Shape {
  what: string;
  attack: string;
  value: number;
}

export interface HostList {
  readonly programs: readonly string[];
  /** ATT&CK technique of a script host by itself; undefined where it is none. */
  techniqueOf(program: string): string | undefined;
  /** What stands in a text (lower case, without double quotes) that one of these programs was given. */
  shapesOf(programs: readonly string[], text: string): Shape[];
  parentOf(program: string): Shape | undefined;
}

/** `hosts.yaml`. @throws LW_CONFIG where it was damaged. */
export const hostList = shippedList(
  "The list of script hosts",
  "src/detect/script-host-abuse/hosts.yaml",
  (content) => compile(listSchema.parse(content)),
);

function compile({ hosts, shapes, parents }: z.infer<typeof listSchema>): HostList {
  const techniques = new Map(hosts.map(({ program, attack }) => [program, attack]));
  const known = shapes.map(({ programs, pattern, ...shape }) => ({
    programs: new Set(programs),
    pattern: new RegExp(pattern),
    shape,
  }));
  const byParent = new Map(
    parents.flatMap(({ programs, ...shape }) => programs.map((program) => [program, shape] as const)),
  );
  return {
    programs: [...techniques.keys()],
    techniqueOf: (program) => techniques.get(program),
    shapesOf: (programs, text) =>
      known
        .filter((each) => programs.some((program) => each.programs.has(program)) && each.pattern.test(text))
        .map(({ shape }) => shape),
    parentOf: (program) => byParent.get(program),
  };
}
