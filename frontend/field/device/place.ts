/** Where the phone is. Refusal is a normal case: indoors, an old phone, plain http, or a person who prefers not to. */
import { isoWithOffset } from "../../shared/days";
import type { Place } from "../../shared/expressions";
import type { PlaceRefusal } from "../local/visits";

export interface Located {
  place: Place | null;
  refused: PlaceRefusal;
}

const TIMEOUT_MS = 15_000;
const REFUSALS: Record<number, PlaceRefusal> = { 1: "denied", 2: "unavailable", 3: "timeout" };

export function locate(): Promise<Located> {
  const locator = navigator.geolocation as Geolocation | undefined;
  if (!locator) return Promise.resolve({ place: null, refused: "unavailable" });
  return new Promise((resolve) => {
    locator.getCurrentPosition(
      ({ coords }) => resolve({ place: toPlace(coords), refused: "" }),
      (error) => resolve({ place: null, refused: REFUSALS[error.code] ?? "unavailable" }),
      { enableHighAccuracy: true, timeout: TIMEOUT_MS, maximumAge: 60_000 },
    );
  });
}

function toPlace(coords: GeolocationCoordinates): Place {
  const round = (degrees: number) => Math.round(degrees * 1e6) / 1e6;
  return {
    lat: round(coords.latitude),
    lng: round(coords.longitude),
    accuracy_m: Math.round(coords.accuracy),
    taken_at: isoWithOffset(new Date()),
  };
}
