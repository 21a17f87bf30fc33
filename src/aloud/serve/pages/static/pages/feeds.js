/**
 * The page of feeds: they are changed where they stand, and moments are said as they are near.
 */

import "./page.js";
import "./quick.js";

const MINUTE = 60_000; // milliseconds
const HOUR = 60 * MINUTE;

/** "in 23 minutes", and the moment itself for who points at it. */
function near() {
  const { lang } = document.documentElement;
  const said = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
  for (const time of document.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    const away = at.getTime() - Date.now();
    const [n, unit] = Math.abs(away) < HOUR ? [away / MINUTE, "minute"] : [away / HOUR, "hour"];
    time.textContent = said.format(Math.round(Number(n)), unit === "hour" ? "hour" : "minute");
    time.title = at.toLocaleString(lang);
  }
}
near();
setInterval(near, MINUTE);
document.addEventListener("renewed", near);

/** A site may take its time to answer. */
document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const { wait } = form.dataset;
  if (wait && event.submitter) event.submitter.textContent = wait;
});
