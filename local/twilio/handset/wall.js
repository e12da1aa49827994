// The glass wall: what Twilio asks of the app, and what it answers, as it happens.

/** Furnish the wall. */
export function raiseWall() {}
