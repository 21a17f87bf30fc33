// The keys of a lock screen.
{
  const handlers = {};
  const { setActionHandler } = MediaSession.prototype;
  MediaSession.prototype.setActionHandler = function (action, handler) {
    handlers[action] = handler;
    return setActionHandler.call(this, action, handler);
  };
  window.press = (action, details = {}) => handlers[action]({ action, ...details });
}
