import { Input } from "./Input.tsx";
import { Kbd } from "./Kbd.tsx";

type ListFilterProps = { label: string; placeholder: string; value: string; onChange: (text: string) => void };

/** What narrows a list while one types; `/` goes there. */
export function ListFilter({ label, placeholder, value, onChange }: ListFilterProps) {
  return (
    <Input
      data-filter
      type="search"
      aria-label={label}
      placeholder={placeholder}
      suffix={<Kbd>/</Kbd>}
      className="w-[240px] max-w-full"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
