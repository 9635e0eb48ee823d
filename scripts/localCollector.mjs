import { startProcess } from "./localProcess.mjs";

const BACK_OFF_FIRST_MS = 500;
const BACK_OFF_MAX_MS = 30_000;
const HEALTHY_AFTER_MS = 60_000;

/**
 * Keeps one local collector running: started again with back-off when it ends by itself, on the ports it had, since senders know those.
 * A collector that never became ready fails `first` instead.
 */
export function keepCollectorRunning({ name, env, say, changed }) {
  let stopping = false;
  let current;
  let timer;
  let backOffMs = BACK_OFF_FIRST_MS;
  let ports = {};

  const launch = () => {
    const startedMs = Date.now();
    const run = startProcess({ name, args: ["collector/main.ts"], env: { ...env, ...ports }, say });
    current = run;
    const ready = run.ready.then((message) => {
      ports = { HEADGATE_OTLP_GRPC_PORT: `${message.otlpGrpc}`, HEADGATE_OTLP_HTTP_PORT: `${message.otlpHttp}`, HEADGATE_METRICS_PORT: `${message.metrics}` };
      return { name, pid: run.pid, otlpGrpc: message.otlpGrpc, otlpHttp: message.otlpHttp, metrics: message.metrics };
    });
    run.ended.then(({ code, signal }) => {
      if (stopping || Object.keys(ports).length === 0) return;
      if (Date.now() - startedMs > HEALTHY_AFTER_MS) backOffMs = BACK_OFF_FIRST_MS;
      say("starter", `${name} ended (${signal ?? code}); starting it again in ${backOffMs / 1000} s`);
      timer = setTimeout(() => {
        launch().then(
          (state) => changed(state),
          (error) => say("starter", error.message),
        );
      }, backOffMs);
      backOffMs = Math.min(backOffMs * 2, BACK_OFF_MAX_MS);
    });
    return ready;
  };

  return {
    first: launch(),
    get ended() {
      return current.ended;
    },
    stop(signal) {
      stopping = true;
      clearTimeout(timer);
      current.kill(signal);
    },
  };
}
