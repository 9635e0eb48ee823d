/** A name as one that a file may have, without what ends it. */
export function fileNameOf(name: string): string {
  const plain = name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-").replaceAll(/^[-.]+|-+$/g, "");
  return plain.slice(0, 80) || "policy";
}
