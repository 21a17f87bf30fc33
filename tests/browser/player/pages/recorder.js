registerProcessor(
  "recorder",
  class extends AudioWorkletProcessor {
    process([[samples]]) {
      const sound = samples ? samples.slice() : new Float32Array(128);
      this.port.postMessage({ frame: currentFrame, samples: sound });
      return true;
    }
  },
);
