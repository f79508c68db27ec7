/** The banner of grave danger: its clock runs, and it sounds on the PCs where somebody has asked for that. */
const CHOICE = "dudao-alarm-sound";
const TICK_MS = 1_000;
const SOUND_EVERY_TICKS = 5;

export function setUpAlarms(page: Document): void {
  page.addEventListener("change", (event) => {
    const box = (event.target as Element).closest<HTMLInputElement>("[data-dudao-alarm-sound]");
    if (box) localStorage.setItem(CHOICE, box.checked ? "on" : "off");
  });
  let ticks = 0;
  const tick = () => {
    const clocks = [...page.querySelectorAll<HTMLTimeElement>("[data-dudao-clock]")];
    for (const clock of clocks) clock.textContent = sinceWords(Date.now() - Date.parse(clock.dateTime));
    for (const box of page.querySelectorAll<HTMLInputElement>("[data-dudao-alarm-sound]")) box.checked = isLoud();
    if (clocks.length > 0 && isLoud() && ticks % SOUND_EVERY_TICKS === 0) sound();
    ticks += 1;
  };
  tick();
  setInterval(tick, TICK_MS);
}

/** `3:05`, from an hour on `1:03:05`. */
export function sinceWords(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

const isLoud = (): boolean => localStorage.getItem(CHOICE) === "on";

function sound(): void {
  const context = new AudioContext();
  const tone = context.createOscillator();
  tone.frequency.value = 880;
  tone.connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.25);
  tone.onended = () => void context.close();
}
