import { filled, language, t } from "./texts";

// Made when first needed: a browser spends milliseconds on each, and the greeting needs none.
const format = (options: Intl.DateTimeFormatOptions) => {
  let made: Intl.DateTimeFormat | undefined;
  return (time: Date) => (made ??= new Intl.DateTimeFormat(language, options)).format(time);
};
const hour = format({ hour: "2-digit", minute: "2-digit" });
const weekday = format({ weekday: "short" });
const dayAndMonth = format({ day: "numeric", month: "long" });
const wholeDate = format({ day: "2-digit", month: "2-digit", year: "numeric" });

const dayLength = 86_400_000;

/** Whole days between then and now, by the calendar of this device. */
function daysAgo(time: Date): number {
  return Math.round((new Date().setHours(0, 0, 0, 0) - new Date(time).setHours(0, 0, 0, 0)) / dayLength);
}

export function clock(time: Date | string): string {
  return hour(new Date(time));
}

/** "14:02" today, "sob. 21:14" this week, "12.11.2026 21:14" before. */
export function stamp(at: string): string {
  const time = new Date(at);
  const days = daysAgo(time);
  const day = days < 1 ? "" : days < 7 ? `${weekday(time)} ` : `${date(at)} `;
  return day + clock(time);
}

export function dayHeading(at: string): string {
  const time = new Date(at);
  const days = daysAgo(time);
  return filled([t.today, t.yesterday][days] ?? "{date}", { date: dayAndMonth(time) });
}

export function date(at: string): string {
  return wholeDate(new Date(at));
}

export function sameDay(one: string, other: string): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

export function megabytes(bytes: number): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(Math.max(bytes / 1_000_000, 0.1));
}
