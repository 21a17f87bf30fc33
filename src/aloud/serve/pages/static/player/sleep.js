/**
 * Sleep: the voice stops by itself after some minutes, or at the end of the article.
 *
 * It is looked at whenever the sound moves on: timers of a hidden page come late.
 */

const END = "end";

export class Sleep {
  until = Infinity; // milliseconds
  atEnd = false;

  /** @param {string} choice minutes, `END`, or "" for never */
  choose(choice) {
    this.atEnd = choice === END;
    const minutes = Number(choice);
    this.until = minutes > 0 ? Date.now() + minutes * 60_000 : Infinity;
  }

  /** It is time; told once. */
  due() {
    if (Date.now() < this.until) return false;
    this.until = Infinity;
    return true;
  }
}
