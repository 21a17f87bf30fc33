// An iPhone's: the managed source alone, which opens only where nothing is sent to other devices.
{
  const Real = MediaSource;
  const buffers = [];
  class ManagedMediaSource extends Real {
    streaming = true;
    addSourceBuffer(type) {
      const made = super.addSourceBuffer(type);
      buffers.push(made);
      return made;
    }
  }
  delete window.MediaSource;
  window.ManagedMediaSource = ManagedMediaSource;
  // A browser takes away between two pieces of work; a script can only be one of them itself.
  window.evict = () => {
    const buffer = buffers.at(-1);
    const gone = new Promise((done) => buffer.addEventListener("updateend", done, { once: true }));
    buffer.remove(0, 1e6);
    return gone;
  };
}
