/**
 * Session: lock screen, headset and media keys (Media Session).
 */

/**
 * @typedef {object} Hands
 * @property {() => void} play
 * @property {() => void} pause
 * @property {(way: 1 | -1) => void} sentence
 * @property {(way: 1 | -1) => void} track the next article, or paragraph
 * @property {(seconds: number) => void} seek natural seconds
 */

/** @param {Hands} hands */
export function takeHold(hands) {
  /** @type {[MediaSessionAction, MediaSessionActionHandler][]} */
  const actions = [
    ["play", () => hands.play()],
    ["pause", () => hands.pause()],
    ["stop", () => hands.pause()],
    ["seekbackward", () => hands.sentence(-1)],
    ["seekforward", () => hands.sentence(1)],
    ["previoustrack", () => hands.track(-1)],
    ["nexttrack", () => hands.track(1)],
    ["seekto", ({ seekTime }) => hands.seek(seekTime ?? 0)],
  ];
  for (const [action, handler] of actions) {
    try {
      navigator.mediaSession?.setActionHandler(action, handler);
    } catch {
      // not every browser knows every action
    }
  }
}

/** Title, artist, and a picture's address or "". @param {string[]} what */
export function describe(...what) {
  const [title, artist, artwork] = what;
  if (!navigator.mediaSession) return;
  const pictures = artwork ? [{ src: artwork }] : [];
  navigator.mediaSession.metadata = new MediaMetadata({ title, artist, artwork: pictures });
}

/** @param {boolean} playing @param {number} position @param {number} duration both natural seconds
 * @param {number} rate */
export function sessionState(playing, position, duration, rate) {
  const { mediaSession } = navigator;
  if (!mediaSession) return;
  mediaSession.playbackState = playing ? "playing" : "paused";
  if (duration > 0)
    mediaSession.setPositionState?.({
      duration,
      playbackRate: rate,
      position: Math.min(duration, Math.max(0, position)),
    });
}
