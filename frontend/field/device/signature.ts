/** A small drawing area for signatures. Dark strokes on white, so that the picture prints as it looks. */

const LINE_WIDTH = 3;
const INK = "#111820";

export class SignaturePad {
  private readonly pen: CanvasRenderingContext2D;
  private readonly width: number;
  private readonly height: number;
  private last: { x: number; y: number } | null = null;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly onDrawn: () => void,
  ) {
    const scale = Math.max(2, window.devicePixelRatio || 1);
    this.width = canvas.clientWidth;
    this.height = canvas.clientHeight;
    canvas.width = this.width * scale;
    canvas.height = this.height * scale;
    const pen = canvas.getContext("2d");
    if (!pen) throw new Error("no drawing on this browser");
    this.pen = pen;
    pen.scale(scale, scale);
    pen.lineWidth = LINE_WIDTH;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    this.clear();
    canvas.onpointerdown = (event) => this.begin(event);
    canvas.onpointermove = (event) => this.go(event);
    canvas.onpointerup = canvas.onpointercancel = () => { this.last = null; };
  }

  clear(): void {
    this.pen.fillStyle = "#ffffff";
    this.pen.fillRect(0, 0, this.width, this.height);
  }

  /** The name in the middle, for who does not sign by hand. */
  write(name: string): void {
    this.clear();
    const size = Math.min(this.height * 0.4, (this.width * 0.9) / Math.max(name.length, 2));
    this.pen.font = `${size}px KaiTi, STKaiti, "Kaiti SC", serif`;
    this.pen.fillStyle = INK;
    this.pen.textAlign = "center";
    this.pen.textBaseline = "middle";
    this.pen.fillText(name, this.width / 2, this.height / 2, this.width * 0.9);
  }

  toPng(): Promise<Blob | null> {
    return new Promise((resolve) => this.canvas.toBlob(resolve, "image/png"));
  }

  private begin(event: PointerEvent): void {
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.last = { x: event.offsetX, y: event.offsetY };
    this.lineTo(event.offsetX + 0.1, event.offsetY);
    this.onDrawn();
  }

  private go(event: PointerEvent): void {
    if (this.last) this.lineTo(event.offsetX, event.offsetY);
  }

  private lineTo(x: number, y: number): void {
    if (!this.last) return;
    this.pen.strokeStyle = INK;
    this.pen.beginPath();
    this.pen.moveTo(this.last.x, this.last.y);
    this.pen.lineTo(x, y);
    this.pen.stroke();
    this.last = { x, y };
  }
}
