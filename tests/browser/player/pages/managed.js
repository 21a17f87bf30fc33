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
  window.evict = () => buffers.at(-1).remove(0, 1e6);
}
