/** The two versions that a history page compares: from the address when it names existing ones, else the newest and the one before. */
export function comparedVersions(from: string | null, to: string | null, current: number): [number, number] {
  return [asVersion(from, current) ?? Math.max(1, current - 1), asVersion(to, current) ?? current];
}

function asVersion(text: string | null, current: number): number | undefined {
  if (text === null || !/^\d{1,6}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= 1 && number <= current ? number : undefined;
}
