'use strict';
// Times and statuses in words.
const words = (status) => status.replace('_', ' ');
const ticking = (seconds) => `${Math.max(seconds, 0).toFixed(1)} s`;

// As the server writes it.
function duration(seconds) {
  const two = (whole) => String(whole % 60).padStart(2, '0');
  if (seconds >= 3600) {
    const minutes = Math.round(seconds / 60);
    return `${Math.floor(minutes / 60)} h ${two(minutes)} m`;
  }
  if (seconds >= 59.95) {
    const whole = Math.round(seconds);
    return `${Math.floor(whole / 60)} m ${two(whole)} s`;
  }
  if (seconds >= 0.0995) return `${seconds.toFixed(seconds < 9.995 ? 2 : 1)} s`;
  if (seconds >= 0.0009995) return `${(seconds * 1e3).toFixed(seconds < 0.00995 ? 1 : 0)} ms`;
  return seconds >= 5e-7 ? `${(seconds * 1e6).toFixed(0)} µs` : '0 s';
}
