(() => {
  const { steps } = JSON.parse(document.getElementById('data').textContent);
  const linked = new Linked();
  linked.show(steps);
  linked.openAsked();
})();
