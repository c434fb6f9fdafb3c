// Small parts the views share. A machine and a person differ by shape, not by colour: an outlined square with "AI",
// a filled circle with initials.
import { h, type ComponentChildren } from "preact";
import type { Person } from "../protocol";

/** A symbol of the sprite that the page carries. */
export function Icon({ name, size = 20 }: { name: string; size?: number }) {
  return (
    <svg class="ic" width={size} aria-hidden="true">
      <use href={`#i-${name}`} />
    </svg>
  );
}

export function IconButton({ name, label, act }: { name: string; label: string; act: () => void }) {
  return (
    <button type="button" class="ibtn" aria-label={label} onClick={act}>
      <Icon name={name} size={22} />
    </button>
  );
}

export function Machine() {
  return (
    <span class="av ai" aria-hidden="true">
      AI
    </span>
  );
}

export function Someone({ person, present }: { person: Person; present?: boolean }) {
  return (
    <span class="av" aria-hidden="true">
      {person.initials}
      {present && <i class="on" />}
    </span>
  );
}

export function Team({ people }: { people: Person[] }) {
  return (
    <span class="team">
      {people.slice(0, 3).map((person) => (
        <Someone person={person} />
      ))}
    </span>
  );
}

/** "a |b| c" with b bold. */
export function bold(text: string): ComponentChildren {
  return text.split("|").map((part, place) => (place % 2 ? <b>{part}</b> : part));
}
