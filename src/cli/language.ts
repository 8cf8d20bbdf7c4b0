import { inLanguage, type Language } from "../kernel/language.js";
import { catalogue, readLanguage } from "../pipeline/language.js";
import { note, printJson } from "./output.js";

/** Options of every command that says something to people. */
export interface LanguageFlags {
  language?: string;
  quiet?: boolean;
}

/** The translation that the command line names, read before any work begins. @throws LW_LANGUAGE */
export function languageOf({ language: file, quiet }: LanguageFlags): Language | undefined {
  if (file === undefined) return undefined;
  const { language, warnings } = readLanguage(file);
  if (!quiet) for (const warning of warnings) note(`warning: ${warning}`);
  return language;
}

/** Renders in a language; in English where it is none. */
export function rendered(language: Language | undefined, render: () => string): string {
  return language === undefined ? render() : inLanguage(language, render);
}

/** All English texts as a translation that translates nothing, for a translator to begin with. */
export async function runLanguage(): Promise<void> {
  await printJson({ tag: "en", messages: catalogue() });
}
