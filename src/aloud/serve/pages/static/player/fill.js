/**
 * Fill: values are put into a sentence of whatever language, where it says {name}.
 */

/** @param {string} text @param {Record<string, string | number>} values */
export const fill = (text, values) =>
  text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
