import { describe, expect, it } from "vitest";
import { effectScope, nextTick, ref, shallowRef } from "vue";
import { closeTopDialog, useDialog } from "../field/parts/dialog";

/** As much of a browser's dialog as the app uses. */
class FakeDialog {
  open = false;
  showModal(): void { this.open = true; }
  close(): void { this.open = false; }
  toggleAttribute(_: string, force: boolean): void { this.open = force; }
}

function dialogOf() {
  const element = new FakeDialog();
  const open = ref(false);
  const scope = effectScope();
  scope.run(() => useDialog(shallowRef(element as unknown as HTMLDialogElement), open, () => { open.value = false; }));
  return { element, open, scope };
}

describe("the back button", () => {
  it("closes what was opened last, one at a time, and then leaves the screen", async () => {
    const [sheet, question] = [dialogOf(), dialogOf()];
    sheet.open.value = true;
    await nextTick();
    question.open.value = true;
    await nextTick();
    expect(closeTopDialog()).toBe(true);
    await nextTick();
    expect([sheet.element.open, question.element.open]).toEqual([true, false]);
    expect(closeTopDialog()).toBe(true);
    await nextTick();
    expect(sheet.element.open).toBe(false);
    expect(closeTopDialog()).toBe(false);
  });

  it("does not wait for a sheet that the browser closed", async () => {
    const sheet = dialogOf();
    sheet.open.value = true;
    await nextTick();
    sheet.element.open = false;
    sheet.open.value = false;
    await nextTick();
    expect(closeTopDialog()).toBe(false);
  });

  it("does not wait for a sheet that went away with its screen", async () => {
    const sheet = dialogOf();
    sheet.open.value = true;
    await nextTick();
    sheet.scope.stop();
    expect(sheet.element.open).toBe(false);
    expect(closeTopDialog()).toBe(false);
  });
});
