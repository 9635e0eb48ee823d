/** True while a key belongs to a field, a menu or an editor rather than to the page's shortcuts. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  return target.closest("input, textarea, select, [role=combobox], [role=listbox], [role=menu], [role=textbox]") !== null;
}
