/**
 * The map of zones is drawn by the server; this makes it answer. Every choice is a tick in the list beside it, so the
 * map does nothing that the list does not.
 *
 *   [data-zone-map]           around the drawing; [data-zoom="in|out|all"] buttons and [data-about="key"] texts inside
 *   [data-spot="key"]         a school: a click or Enter ticks the box named "chosen" with that value, and tells of it
 *   [data-chosen-count]       how many are ticked
 */
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const DEEPEST = 40;
const STEP = 1.6;
const STILL = 5; // px: less is a click, more a drag

export function setUpMaps(root: Document): void {
  root.querySelectorAll<HTMLElement>("[data-zone-map]").forEach((map) => {
    const svg = map.querySelector<SVGSVGElement>("svg.zone-map");
    if (svg) new ZoneMap(map, svg);
  });
  root.addEventListener("change", () => countChosen(root));
  countChosen(root);
}

function countChosen(root: Document): void {
  const count = boxes(root).filter((box) => box.checked).length;
  root.querySelectorAll("[data-chosen-count]").forEach((place) => (place.textContent = count ? String(count) : ""));
}

function boxes(root: Document): HTMLInputElement[] {
  return [...root.querySelectorAll<HTMLInputElement>('input[name="chosen"]')];
}

class ZoneMap {
  private readonly spots: SVGGElement[];
  private readonly whole: Box;
  private box: Box;
  private frame: SVGRectElement | null = null;
  private from: { clientX: number; clientY: number; box: Box } | null = null;
  private isDragged = false;

  constructor(
    private readonly map: HTMLElement,
    private readonly svg: SVGSVGElement,
  ) {
    this.spots = [...this.svg.querySelectorAll<SVGGElement>("[data-spot]")];
    const { x, y, width, height } = this.svg.viewBox.baseVal;
    this.whole = { x, y, width, height };
    this.box = this.whole;
    map.addEventListener("click", (event) => this.onClick(event));
    this.svg.addEventListener("keydown", (event) => this.onKey(event));
    this.svg.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    this.svg.addEventListener("pointerdown", (event) => this.onDown(event));
    this.svg.addEventListener("pointermove", (event) => this.onMove(event));
    this.svg.addEventListener("pointerup", (event) => this.onUp(event));
    this.svg.addEventListener("pointercancel", () => this.drop());
    document.addEventListener("change", () => this.showTicks());
    new ResizeObserver(() => this.show()).observe(this.svg);
    this.show();
    this.showTicks();
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as Element;
    const zoom = target.closest<HTMLElement>("[data-zoom]")?.dataset["zoom"];
    if (zoom === "all") this.showWhole();
    else if (zoom) this.zoom(zoom === "in" ? STEP : 1 / STEP, this.middle());
    const spot = target.closest<SVGGElement>("[data-spot]");
    if (spot && !this.isDragged) this.choose(spot);
  }

  private onKey(event: KeyboardEvent): void {
    const spot = (event.target as Element).closest<SVGGElement>("[data-spot]");
    if (!spot || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    this.choose(spot);
  }

  private onWheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
    event.preventDefault();
    this.zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, this.place(event));
  }

  private onDown(event: PointerEvent): void {
    this.isDragged = false;
    if (event.button !== 0 || (!event.shiftKey && this.box.width >= this.whole.width)) return;
    if (event.shiftKey) event.preventDefault(); // no text is selected
    this.from = { clientX: event.clientX, clientY: event.clientY, box: this.box };
    if (event.shiftKey) this.frame = this.svg.appendChild(document.createElementNS(this.svg.namespaceURI, "rect") as SVGRectElement);
    this.frame?.setAttribute("class", "zone-frame");
  }

  private onMove(event: PointerEvent): void {
    if (!this.from) return;
    const [dx, dy] = [event.clientX - this.from.clientX, event.clientY - this.from.clientY];
    if (!this.isDragged && Math.hypot(dx, dy) < STILL) return;
    if (!this.isDragged) this.svg.setPointerCapture(event.pointerId);
    this.isDragged = true;
    const scale = this.box.width / this.svg.clientWidth;
    if (this.frame) draw(this.frame, this.framed(event));
    else this.look({ ...this.from.box, x: this.from.box.x - dx * scale, y: this.from.box.y - dy * scale });
  }

  private onUp(event: PointerEvent): void {
    if (this.frame && this.isDragged) this.chooseWithin(this.framed(event));
    this.drop();
  }

  private drop(): void {
    this.frame?.remove();
    this.frame = this.from = null;
  }

  /** What lies between where the drag began and where it is. */
  private framed(event: PointerEvent): Box {
    const [a, b] = [this.place(this.from ?? event), this.place(event)];
    return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
  }

  private chooseWithin(frame: Box): void {
    const inside = this.spots.filter((spot) => {
      const { e, f } = spot.transform.baseVal.getItem(0).matrix;
      return e >= frame.x && e <= frame.x + frame.width && f >= frame.y && f <= frame.y + frame.height;
    });
    inside.forEach((spot) => this.tick(spot, true));
    this.tell();
  }

  private choose(spot: SVGGElement): void {
    const box = this.boxOf(spot);
    if (box) this.tick(spot, !box.checked);
    this.tell();
    this.map.querySelectorAll<HTMLElement>("[data-about]").forEach((about) => {
      about.hidden = about.dataset["about"] !== spot.dataset["spot"];
    });
  }

  private tick(spot: SVGGElement, ticked: boolean): void {
    const box = this.boxOf(spot);
    if (box) box.checked = ticked;
  }

  private tell(): void {
    boxes(document)[0]?.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private boxOf(spot: SVGGElement): HTMLInputElement | undefined {
    return boxes(document).find((box) => box.value === spot.dataset["spot"]);
  }

  private showTicks(): void {
    const ticked = new Set(boxes(document).filter((box) => box.checked).map((box) => box.value));
    for (const spot of this.spots) {
      if (spot.hasAttribute("aria-checked")) spot.setAttribute("aria-checked", String(ticked.has(spot.dataset["spot"] ?? "")));
    }
  }

  private zoom(factor: number, around: { x: number; y: number }): void {
    const width = Math.min(this.whole.width, Math.max(this.whole.width / DEEPEST, this.box.width / factor));
    const part = width / this.box.width;
    this.look({
      x: around.x - (around.x - this.box.x) * part,
      y: around.y - (around.y - this.box.y) * part,
      width,
      height: this.box.height * part,
    });
  }

  /** Looks at a part of the map, never beyond its edges. */
  private look(box: Box): void {
    const x = Math.min(Math.max(box.x, this.whole.x), this.whole.x + this.whole.width - box.width);
    const y = Math.min(Math.max(box.y, this.whole.y), this.whole.y + this.whole.height - box.height);
    this.box = { ...box, x, y };
    this.show();
  }

  private showWhole(): void {
    this.box = this.whole;
    this.show();
  }

  private show(): void {
    const { x, y, width, height } = this.box;
    this.svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
    this.svg.style.setProperty("--spot", String(width / (this.svg.clientWidth || this.whole.width)));
    this.svg.classList.toggle("is-zoomed", width < this.whole.width);
  }

  /** Where the buttons zoom to: from the whole map to where the schools are, then to what is seen. */
  private middle(): { x: number; y: number } {
    if (this.box === this.whole && this.spots.length) {
      const places = this.spots.map((spot) => spot.transform.baseVal.getItem(0).matrix);
      return { x: mean(places.map((place) => place.e)), y: mean(places.map((place) => place.f)) };
    }
    return { x: this.box.x + this.box.width / 2, y: this.box.y + this.box.height / 2 };
  }

  private place(event: { clientX: number; clientY: number }): { x: number; y: number } {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM()?.inverse());
    return { x: point.x, y: point.y };
  }
}

function mean(numbers: number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}

function draw(rect: SVGRectElement, box: Box): void {
  for (const [name, value] of Object.entries(box)) rect.setAttribute(name, String(value));
}
