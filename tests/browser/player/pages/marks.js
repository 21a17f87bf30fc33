delete window.Highlight;
