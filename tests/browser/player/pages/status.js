// Says aloud what the player's status says.
new MutationObserver(() => {
  const said = document.querySelector("[role=status]")?.textContent;
  if (said) console.info(said);
}).observe(document, { subtree: true, childList: true });
