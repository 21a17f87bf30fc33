// What is heard and what is lit, on one clock: the samples' own.
const RATE = 24000; // Hz, the tone engine's
const context = new AudioContext({ sampleRate: RATE });
const heard = []; // Float32Array of each quantum, gapless from `first` on
const lit = []; // {text, at}: seconds on the same clock
let first = -1;
let recorder;
window.listening = context.audioWorklet.addModule("/test/recorder.js").then(() => {
  recorder = new AudioWorkletNode(context, "recorder");
  recorder.port.onmessage = ({ data }) => {
    if (first < 0) first = data.frame;
    heard.push(data.samples);
  };
  recorder.connect(context.destination);
});
addEventListener("pointerdown", () => context.resume(), true);
addEventListener("keydown", () => context.resume(), true);

const { play } = HTMLMediaElement.prototype;
const wired = new Set();
HTMLMediaElement.prototype.play = function () {
  if (!wired.has(this)) {
    wired.add(this);
    context.createMediaElementSource(this).connect(recorder);
  }
  return play.call(this);
};

const { set } = HighlightRegistry.prototype;
HighlightRegistry.prototype.set = function (name, highlight) {
  if (name === "aloud-word") {
    const [range] = highlight;
    const id = range.startContainer.parentElement.closest("[data-block]").dataset.block;
    lit.push({ text: range.toString(), at: context.currentTime, block: id, start: range.startOffset });
  }
  return set.call(this, name, highlight);
};

// Everything since the last call, as base64 of 32-bit floats, and when it began (seconds).
window.recorded = async () => {
  const reader = new FileReader();
  reader.readAsDataURL(new Blob(heard));
  await new Promise((done) => (reader.onload = done));
  return { first: first / RATE, data: reader.result.split(",")[1] ?? "", lit };
};
window.forget = () => {
  heard.length = lit.length = 0;
  first = -1;
};
window.soundClock = () => context.currentTime;
