/** Opens and closes a native dialog with a state. The browser keeps the focus inside and gives it back afterwards. */
import { onScopeDispose, watch, type Ref } from "vue";

/** How to close what stands open, the topmost last. */
const standing: (() => void)[] = [];

export function useDialog(dialog: Ref<HTMLDialogElement | undefined>, open: Readonly<Ref<boolean>>, close: () => void): void {
  watch([dialog, open], () => {
    const element = dialog.value;
    forget();
    if (open.value) standing.push(close);
    // The browser itself may have closed it already, by the Escape key.
    if (!element || element.open === open.value) return;
    if (!open.value) element.close?.();
    // Browsers before 2022 on some phones lack dialogs: the sheet is then simply shown above the page.
    else if (element.showModal) element.showModal();
    element.toggleAttribute("open", open.value);
  }, { flush: "post" });
  onScopeDispose(() => {
    forget();
    if (dialog.value?.open) dialog.value.close?.();
  });

  function forget(): void {
    const at = standing.indexOf(close);
    if (at >= 0) standing.splice(at, 1);
  }
}

/** The phone's back button closes what stands open before it leaves the screen. Answers whether something did. */
export function closeTopDialog(): boolean {
  const close = standing[standing.length - 1];
  close?.();
  return close !== undefined;
}
