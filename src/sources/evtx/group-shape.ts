import type { FieldGroup, Layout } from "./layout.js";

/** Names of one group's fields, ready to be written, and the places of their values. */
export interface GroupShape {
  keys: readonly string[];
  places: readonly number[];
}

/** The groups of a layout, each made once. @param quoted a name as JSON text */
export function groupShapes(
  quoted: (name: string) => string,
): (layout: Layout) => Record<FieldGroup, GroupShape> {
  const shapes = new WeakMap<Layout, Record<FieldGroup, GroupShape>>();
  return (layout) => {
    const known = shapes.get(layout);
    if (known !== undefined) return known;
    const of = (wanted: FieldGroup): GroupShape => {
      const places = [...layout.fields.keys()].filter((place) => layout.fields[place]?.group === wanted);
      return { places, keys: places.map((place) => `${quoted(layout.fields[place]?.name ?? "")}:`) };
    };
    const shape = { system: of("system"), data: of("data"), rendering: of("rendering") };
    shapes.set(layout, shape);
    return shape;
  };
}
