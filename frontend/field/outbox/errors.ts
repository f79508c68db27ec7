/** Why something could not be sent, each with what follows from it. */

/** No network, or an answer that did not come from our server (a hotel's sign-in page). Wait and try again. */
export class Unreachable extends Error {}

/** The server asks for patience. */
export class Busy extends Error {
  constructor(readonly retryAfterMs: number | null) {
    super("the server is busy");
  }
}

/** Neither the token nor the session is good any more. Everything stays; the person signs in again. */
export class SignInNeeded extends Error {}

/** The office has turned this phone away. What was sent is gone from it; what was not waits until it is let in again. */
export class TurnedAway extends SignInNeeded {}

/** The server will not take this, now or later. A person must look at it. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
  }
}
