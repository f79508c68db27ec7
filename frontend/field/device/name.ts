/** A name by which a person recognises this phone in the list of devices. */
export function deviceName(userAgent: string): string {
  const system = /iPhone|iPad|Android [\d.]+|Windows|Mac OS X|Linux/.exec(userAgent)?.[0] ?? "";
  const browser = /MicroMessenger|EdgA?|Firefox|Chrome|Safari/.exec(userAgent)?.[0] ?? "";
  const readable = browser === "MicroMessenger" ? "WeChat" : browser;
  return [system, readable].filter(Boolean).join(" ") || "browser";
}
