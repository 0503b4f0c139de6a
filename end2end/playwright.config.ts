//! How the journeys are run: against the release build, in Debian's Chromium, each with a Redis and a server of its own.
//!
//! `cargo xtask test` says where the programs are (`CB_…`). A journey that fails leaves its trace in `test-results/`.

import { defineConfig } from "@playwright/test";

const CHROMIUM = process.env.CB_CHROMIUM ?? "/usr/bin/chromium";

export default defineConfig({
  testDir: "tests",
  // A picture that is tracked is renewed on purpose and not with every run.
  testIgnore: process.env.CB_PICTURE ? [] : ["**/picture.spec.ts"],
  timeout: 90_000,
  expect: { timeout: 15_000 },
  fullyParallel: true,
  // Two cores: more would measure each other.
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"]],
  outputDir: "test-results",
  use: {
    browserName: "chromium",
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "America/New_York",
    trace: "retain-on-failure",
    permissions: ["clipboard-read", "clipboard-write"],
    launchOptions: {
      executablePath: CHROMIUM,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
