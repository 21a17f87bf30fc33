/**
 * Voices: who can be chosen to speak a language.
 */

import { get } from "./ask.js";

/** @typedef {{id: string, name: string, language: string}} Voice */

/** Fill in the voices of a language; the one that speaks is among them in any case.
 * @param {HTMLSelectElement} select @param {string} language BCP 47 @param {string} voice */
export async function offer(select, language, voice) {
  const query = language && `?language=${language.split("-")[0]}`;
  /** @type {{voices: Voice[]}} */ const { voices } = await get(`/api/voices${query}`);
  if (voice && !voices.some(({ id }) => id === voice))
    voices.unshift(await get(`/api/voices/${voice}`));
  const names = new Intl.DisplayNames(document.documentElement.lang || "en", {
    type: "language",
    languageDisplay: "standard",
  });
  const options = voices.map(({ id, name, language: tag }) => {
    // Language and country: not every other part of a tag is one that browsers can read.
    const said = names.of(tag.match(/^\w+(-\w\w\b)?/)?.[0] ?? "und") ?? "";
    return new Option(name.includes(said.split(" ")[0]) ? name : `${name} · ${said}`, id);
  });
  select.replaceChildren(...options);
  select.value = voice;
}
