import { z } from "zod";
import { shippedList } from "../../kernel/shipped-list.js";

const mime = z.string().regex(/^[a-z]+\/[a-z0-9.+-]+$/);
const extension = z.string().regex(/^[a-z0-9_]{1,8}$/);
const pattern = z.string().min(1);
const listsSchema = z.strictObject({
  content: z.strictObject({
    named_programs: z.array(mime).min(1),
    unnamed_programs: z.array(mime).min(1),
    scripts: z.array(mime).min(1),
    archives: z.array(mime).min(1),
    unsaid: z.array(mime).min(1),
  }),
  extensions: z.strictObject({
    programs: z.array(extension).min(1),
    scripts: z.array(extension).min(1),
    archives: z.array(extension).min(1),
    media: z.array(extension).min(1),
    text: z.array(extension).min(1),
    documents: z.array(extension).min(1),
  }),
  agents: z.strictObject({ tools: z.array(pattern).min(1), webdav: z.array(pattern).min(1) }),
  known_uses: z.array(
    z.strictObject({ name: z.string().min(1), agent: pattern, path: pattern, source: z.url() }),
  ),
});

/** `lists.yaml`. @throws LW_CONFIG where it was damaged. */
export const lists = shippedList(
  "The list of programs and archives on the wire",
  "src/detect/tool-transfer/lists.yaml",
  (content) => listsSchema.parse(content),
);

/** One pattern that matches where any of these does. */
export const anyOf = (patterns: readonly string[]): string => patterns.map((each) => `(?:${each})`).join("|");
