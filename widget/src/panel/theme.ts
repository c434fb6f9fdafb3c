import type { Brand } from "./protocol";

/** The shop's colours, set through the style object: the frame's Content-Security-Policy has no inline styles. */
export function paint(brand: Brand | null): void {
  for (const [name, colour] of Object.entries(brand?.colours ?? {}))
    document.documentElement.style.setProperty(`--b-${name}`, colour);
}
