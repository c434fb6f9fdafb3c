import type { Forms, Texts } from "../texts/texts";

export const t: Texts = JSON.parse(document.getElementById("texts")!.textContent!);
/** "pl" or "en-GB", as the page says. */
export const language = document.documentElement.lang;

export function counted(n: number, forms: Forms): string {
  return filled(forms[new Intl.PluralRules(language).select(n)] ?? forms.other ?? forms.many!, { n });
}

/** The text with "{name}" replaced by its value. */
export function filled(text: string, values: Record<string, string | number>): string {
  return text.replace(/{(\w+)}/g, (_, name) => String(values[name]));
}

/** A Polish line does not end in a one-letter word or a number. */
export function tied(text: string): string {
  return language === "pl" ? text.replace(/(?<=(?:^|[\s(„])[aiouwz]|\d) /gi, "\u00a0") : text;
}
