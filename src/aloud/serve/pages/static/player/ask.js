/**
 * Ask: requests to the service, their failures in its own words, and patience.
 */

/** A request that failed: by the network (status 0) or by what the service answered. */
export class Refused extends Error {
  /** @param {number} status @param {string} [message] @param {string} [hint] */
  constructor(status, message = "", hint = "") {
    super(message);
    this.status = status;
    this.hint = hint;
  }

  /** It may well work in a moment. */
  get passing() {
    return [0, 408, 425, 429, 502, 503, 504, 507].includes(this.status);
  }
}

/**
 * @param {string} url @param {RequestInit} [options]
 * @returns {Promise<Response>} never one that is not ok
 * @throws {Refused}
 */
export async function ask(url, options) {
  let answer;
  try {
    answer = await fetch(url, options);
  } catch (error) {
    if (options?.signal?.aborted) throw error;
    throw new Refused(0);
  }
  if (answer.ok) return answer;
  const { detail, title, hint } = await answer.json().catch(() => ({}));
  throw new Refused(answer.status, detail ?? title, hint ?? "");
}

/** @param {string} url @param {RequestInit} [options] @returns {Promise<any>} */
export const get = async (url, options) => (await ask(url, options)).json();

/** @param {string} url @param {string} method @param {object} body @param {boolean} [keepalive] */
export const send = (url, method, body, keepalive = false) =>
  ask(url, {
    method,
    keepalive,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

/**
 * What `work` answers, tried until it does not fail by something that passes.
 * @template T
 * @param {() => Promise<T>} work
 * @param {AbortSignal} signal
 * @param {(trouble: Refused | null) => void} tell of each failure, and null when it is over
 * @returns {Promise<T>}
 */
export async function patiently(work, signal, tell) {
  for (let tries = 0; ; tries++) {
    try {
      const answer = await work();
      if (tries) tell(null);
      return answer;
    } catch (error) {
      // A voice that fails is asked twice more: a process that crashed is there again by then.
      if (!(error instanceof Refused) || signal.aborted) throw error;
      if (!error.passing && (error.status !== 500 || tries > 1)) throw error;
      tell(error);
      await pause(Math.min(10, 0.5 * 2 ** tries), signal);
      signal.throwIfAborted();
    }
  }
}

/** Some seconds, less when the network comes back, or when nobody waits any more.
 * @param {number} seconds @param {AbortSignal} signal @returns {Promise<unknown>} */
const pause = (seconds, signal) =>
  new Promise((done) => {
    setTimeout(done, seconds * 1000);
    addEventListener("online", done, { once: true, signal });
    signal.addEventListener("abort", done, { once: true });
  });
