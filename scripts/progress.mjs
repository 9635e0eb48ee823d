const seconds = (fromMs) => `${((performance.now() - fromMs) / 1000).toFixed(1)} s`;

/** Runs `work` under a progress line on stderr: one line that counts up on a terminal, one line at the start and one at the end elsewhere. */
export async function withProgress(title, work) {
  const out = process.stderr;
  const startMs = performance.now();
  const draw = () => out.write(`\r\x1b[2K… ${title} (${seconds(startMs)})`);
  const timer = out.isTTY ? setInterval(draw, 200) : undefined;
  if (out.isTTY) draw();
  else out.write(`${title} …\n`);
  try {
    const result = await work();
    clearInterval(timer);
    out.write(out.isTTY ? `\r\x1b[2K✓ ${title} (${seconds(startMs)})\n` : `${title}: done in ${seconds(startMs)}\n`);
    return result;
  } catch (error) {
    clearInterval(timer);
    out.write(out.isTTY ? `\r\x1b[2K✗ ${title} (${seconds(startMs)})\n` : `${title}: failed after ${seconds(startMs)}\n`);
    throw error;
  }
}
