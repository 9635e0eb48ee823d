import { checkNodeVersion, ensureBuilt, ensureGenerated, ensureInstalled, withSetUpLock } from "./setUp.mjs";

checkNodeVersion();
await withSetUpLock(async () => {
  await ensureInstalled();
  await ensureGenerated();
  await ensureBuilt();
});
