/** `1 host`, `2,000 hosts`: in English, for texts that stand in no catalogue. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}
