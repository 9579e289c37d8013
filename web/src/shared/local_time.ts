/** ISO 8601 in local time with its distance from UTC: "2026-11-28T22:43:57+01:00". */
export function localTime(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  // What toISOString calls UTC is then the local time.
  const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, 19);
  const two = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, '0');
  return `${local}${minutes < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
}
