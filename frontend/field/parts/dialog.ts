/** Opens and closes a native dialog with a state. The browser keeps the focus inside and gives it back afterwards. */
import { onBeforeUnmount, watch, type Ref } from "vue";

export function useDialog(dialog: Ref<HTMLDialogElement | undefined>, open: Readonly<Ref<boolean>>): void {
  watch([dialog, open], () => {
    const element = dialog.value;
    if (!element || element.open === open.value) return;
    if (!open.value) element.close?.();
    // Browsers before 2022 on some phones lack dialogs: the sheet is then simply shown above the page.
    else if (element.showModal) element.showModal();
    element.toggleAttribute("open", open.value);
  }, { flush: "post" });
  onBeforeUnmount(() => { if (dialog.value?.open) dialog.value.close?.(); });
}
