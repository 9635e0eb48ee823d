import { SettingsPage } from "#components/settings/SettingsPage.tsx";
import packageJson from "../../package.json" with { type: "json" };

export default function Page() {
  return <SettingsPage version={packageJson.version} />;
}
