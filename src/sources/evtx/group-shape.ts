import type { FieldGroup, Layout } from "./layout.js";

/** Names of one group's fields, ready to be written, and the places of their values. */
export interface GroupShape<Key> {
  keys: readonly Key[];
  places: readonly number[];
}

/** The groups of a layout, each made once. @param keyOf a name as it is written */
export function groupShapes<Key>(
  keyOf: (name: string) => Key,
): (layout: Layout) => Record<FieldGroup, GroupShape<Key>> {
  const shapes = new WeakMap<Layout, Record<FieldGroup, GroupShape<Key>>>();
  return (layout) => {
    const known = shapes.get(layout);
    if (known !== undefined) return known;
    const of = (wanted: FieldGroup): GroupShape<Key> => {
      const places = [...layout.fields.keys()].filter((place) => layout.fields[place]?.group === wanted);
      return { places, keys: places.map((place) => keyOf(layout.fields[place]?.name ?? "")) };
    };
    const shape = { system: of("system"), data: of("data"), rendering: of("rendering") };
    shapes.set(layout, shape);
    return shape;
  };
}
