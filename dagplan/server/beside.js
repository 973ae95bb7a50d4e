'use strict';
// Says how the times of two runs compare, once both are over.
(() => {
  const gain = document.getElementById('gain');
  const { left, right } = gain.dataset;
  const over = {};
  window.addEventListener('message', ({ origin, data }) => {
    if (origin !== location.origin) return;
    over[data.run] = data;
    const [parallel, sequential] = [over[left], over[right]];
    if (!parallel || !sequential) return;
    if (parallel.outcome !== 'answered' || sequential.outcome !== 'answered') {
      gain.textContent = 'Not both were answered, so their times do not compare.';
      return;
    }
    const times = `${parallel.took.toFixed(2)} s and ${sequential.took.toFixed(2)} s`;
    const factor = sequential.took / parallel.took;
    gain.textContent = `${times}: parallel is ${factor.toFixed(2)} times as fast.`;
  });
})();
