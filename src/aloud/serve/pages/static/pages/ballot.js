/**
 * Ballot: what is drawn from a seed, and what votes say. Pure: the same seed is the same test.
 */

/** @typedef {"browser" | "aloud"} Way */
/** @typedef {{passage: number, wpm: number, A: Way, B: Way}} Pair */
/** @typedef {Pair & {vote: string, better: string, understood: number, at: string}} Vote */
/** @typedef {{seed: number, passages: number, paces: number[], voice: string, votes: Vote[]}} Run */

const Z = 1.959964; // of the normal distribution: 95 % lie within

/** Numbers from 0 to 1 (mulberry32, by Tommy Ettinger). @param {number} seed */
export function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @template T @param {T[]} items @param {() => number} random @returns {T[]} */
function shuffled(items, random) {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other], mixed[last]];
  }
  return mixed;
}

/**
 * The pairs of a run: each passage once, each pace and each side equally often, in any order.
 * @param {{seed: number, passages: number, paces: number[]}} run
 * @returns {Pair[]}
 */
export function drawn({ seed, passages, paces }) {
  const random = chance(seed);
  const kinds = [...Array(passages).keys()].map((index) => ({
    wpm: paces[index % paces.length],
    browserFirst: Math.floor(index / paces.length) % 2 === 0,
  }));
  const mixed = shuffled(kinds, random);
  const order = shuffled([...Array(passages).keys()], random);
  return order.map((passage, index) => {
    const { wpm, browserFirst } = mixed[index];
    return browserFirst
      ? { passage, wpm, A: "browser", B: "aloud" }
      : { passage, wpm, A: "aloud", B: "browser" };
  });
}

/**
 * Wilson's score interval of a share: it holds the true one in 95 of 100 such tests.
 * Source: E. B. Wilson 1927, JASA 22 (158).
 * @param {number} wins @param {number} of @returns {[number, number]}
 */
export function interval(wins, of) {
  if (!of) return [0, 1];
  const share = wins / of;
  const middle = share + Z ** 2 / (2 * of);
  const reach = Z * Math.sqrt((share * (1 - share) + Z ** 2 / (4 * of)) / of);
  const whole = 1 + Z ** 2 / of;
  return [Math.max(0, (middle - reach) / whole), Math.min(1, (middle + reach) / whole)];
}

/** A line for each pace, and one for all. @param {Run[]} runs @param {number[]} paces */
export function table(runs, paces) {
  const votes = runs.flatMap((run) => run.votes);
  return [...paces.map((wpm) => votes.filter((vote) => vote.wpm === wpm)), votes].map((some) => {
    const count = (/** @type {string} */ better) => some.filter((v) => v.better === better).length;
    const [aloud, browser] = [count("aloud"), count("browser")];
    const [low, high] = interval(aloud, aloud + browser);
    const part = (/** @type {number} */ share) => `${Math.round(share * 100)}`;
    const mean = some.reduce((sum, { understood }) => sum + understood, 0) / some.length;
    return {
      aloud,
      browser,
      none: count("none"),
      share: aloud + browser ? `${part(aloud / (aloud + browser))} % (${part(low)}–${part(high)})` : "–",
      understood: some.length ? mean.toFixed(1) : "–",
    };
  });
}

/** All votes as a file. @param {Run[]} runs @param {string} kind json or csv @returns {string} its address */
export function download(runs, kind) {
  const fields = /** @type {const} */ (["passage", "wpm", "A", "B", "vote", "better", "understood", "at"]);
  const lines = runs.flatMap(({ seed, voice, votes }) =>
    votes.map((vote) => [seed, voice, ...fields.map((field) => vote[field])].join(",")),
  );
  const text = kind === "csv"
    ? `${["seed", "voice", ...fields].join(",")}\n${lines.join("\n")}\n`
    : JSON.stringify(runs, null, 1);
  const type = kind === "csv" ? "text/csv" : "application/json";
  return URL.createObjectURL(new Blob([text], { type }));
}
