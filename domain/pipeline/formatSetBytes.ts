const UNITS = [
  { name: "GiB", bytes: 1_073_741_824 },
  { name: "MiB", bytes: 1_048_576 },
  { name: "KiB", bytes: 1_024 },
];

/** A size that was set, nothing rounded away: `256 MiB`, `1.5 GiB`, `1,000,000 bytes`. */
export function formatSetBytes(bytes: number): string {
  const unit = UNITS.find((one) => bytes >= one.bytes && Number.isInteger((bytes / one.bytes) * 4));
  return unit ? `${(bytes / unit.bytes).toLocaleString("en-US")} ${unit.name}` : `${bytes.toLocaleString("en-US")} bytes`;
}
