import type { EventView } from "./view.js";

/** Fields of the event in the view as they are shown: several values of one stand in lines of their own. */
export function shownFields(names: Iterable<string>, view: EventView): Record<string, string> {
  return Object.fromEntries(
    [...names].map((name) => {
      const value = view.raw(view.slotOf(name));
      return [name, typeof value === "string" ? value : Array.isArray(value) ? value.join("\n") : ""];
    }),
  );
}
