delete window.MediaSource;
