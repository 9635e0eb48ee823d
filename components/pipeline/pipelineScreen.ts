export const PIPELINE_SCREEN = { label: "Pipeline settings", href: "/pipeline" };
