/** Gives the focus to the first of these elements that is there, in the middle of the screen. */
export function focusFirst(ids: readonly string[]) {
  for (const id of ids) {
    const element = document.getElementById(id);
    if (!element) continue;
    element.scrollIntoView({ block: "center" });
    element.focus({ preventScroll: true });
    return;
  }
}
