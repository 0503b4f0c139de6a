//! Who may: signing in without script, being signed out in a live page, rights that are taken away, and pages of elsewhere.

import { chromium, type Browser } from "@playwright/test";
import { createServer, type Server as Elsewhere } from "node:http";
import { live } from "../support/look";
import { PASSWORD } from "../support/programs";
import { expect, test } from "../support/world";

/** A page of another origin on this machine: same site, other port. */
const elsewhere = (html: string) =>
  new Promise<{ server: Elsewhere; url: string }>((resolve) => {
    const server = createServer((_, answer) => answer.setHeader("content-type", "text/html").end(html));
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve({ server, url: `http://127.0.0.1:${address && typeof address === "object" ? address.port : 0}/` });
    });
  });

test("without script somebody signs in and is where they wanted to be", async ({ browser, world }) => {
  const context = await browser.newContext({ storageState: { cookies: [], origins: [] }, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(world.at("/admin/history?verdict=failed"));
  await expect(page).toHaveURL(/\/login\?to=/);
  await page.getByLabel("Name").fill("admin");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toHaveText("Name or password is wrong.");
  await expect(page.getByLabel("Name")).toHaveValue("admin");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(world.at("/admin/history?verdict=failed"));
  await expect(page.getByRole("heading", { name: "History", level: 1 })).toBeVisible();
  await expect(page.getByRole("link", { name: "admin", exact: true })).toBeVisible();
  await context.close();
});

test("signed out in a live page: everything stays, and one comes back to it", async ({ page, world }) => {
  await page.goto(world.at("/admin/channels"));
  await live(page);
  await page.goto(world.at());
  await live(page);
  const [cookie] = world.server.signedIn.cookies;
  const headers = { origin: world.server.url, cookie: `cb_sign_in=${cookie?.value}` };
  const answer = await fetch(world.at("/logout"), { method: "POST", headers, redirect: "manual" });
  expect(answer.status).toBe(303);
  await expect(page.getByText("You are signed out").first()).toBeVisible();
  await expect(page.getByText(/^as of /).first()).toBeVisible();
  await page.getByRole("link", { name: "Sign in and return here" }).first().click();
  await expect(page).toHaveURL(/\/login\?to=%2Fadmin%2Fdaily-processing/);
  await page.getByLabel("Name").fill("admin");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(world.at());
  await live(page);
});

test("on a phone every page says how to come back", async ({ page, world }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(world.at("/admin/events?q=a"));
  await expect(page.locator(".view summary .narrow-only")).toHaveText("Live");
  const [cookie] = world.server.signedIn.cookies;
  const headers = { origin: world.server.url, cookie: `cb_sign_in=${cookie?.value}` };
  await fetch(world.at("/logout"), { method: "POST", headers, redirect: "manual" });
  await page.getByRole("link", { name: "Sign in and return here" }).filter({ visible: true }).click();
  await expect(page).toHaveURL(/\/login\?to=%2Fadmin%2Fevents%3Fq%3Da$/);
});

test("rights that are taken away are gone from an open page", async ({ browser, world }) => {
  const password = await world.server.command("user", "add", "ann", "--role", "admin");
  const context = await browser.newContext({ storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  await page.goto(world.at("/"));
  await page.getByLabel("Name").fill("ann");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Choose a password" })).toBeVisible();
  await page.getByLabel("Password until now").fill(password);
  await page.getByLabel(/^New password/).fill("ann chose this one");
  await page.getByLabel("The new one again").fill("ann chose this one");
  await page.getByRole("button", { name: "Choose this password" }).click();
  await page.goto(world.at());
  await live(page);
  await expect(page.getByRole("link", { name: "Users" })).toBeVisible();
  await world.server.command("user", "role", "ann", "viewer");
  await expect(page.getByRole("link", { name: "Users" })).toBeHidden();
  await page.goto(world.at("/admin/users"));
  await expect(page.getByRole("heading", { name: "Not for you" })).toBeVisible();
  await page.goto(world.at());
  await live(page);
  await world.server.command("user", "disable", "ann");
  await expect(page).toHaveURL(/\/login\?to=/);
  await context.close();
});

test("a page of elsewhere changes nothing and hears nothing", async ({ page, world }) => {
  const socket = world.server.url.replace("http", "ws");
  const { server, url } = await elsewhere(`<form method="post" action="${world.server.url}/logout"><button>press</button></form>
    <script>const live = new WebSocket("${socket}/live"); live.onopen = () => (document.title = "heard"); live.onclose = () => (document.title ||= "refused");</script>`);
  try {
    await page.goto(url);
    await expect(page).toHaveTitle("refused");
    const posted = page.waitForResponse((answer) => answer.url().endsWith("/logout"));
    await page.getByRole("button", { name: "press" }).click();
    expect((await posted).status()).toBe(403);
    await page.goto(world.at());
    await live(page);
  } finally {
    server.close();
  }
});

test("a name that somebody else has bent to this machine is not answered", async ({ world }) => {
  const port = new URL(world.server.url).port;
  let bent: Browser | undefined;
  try {
    bent = await chromium.launch({
      executablePath: process.env.CB_CHROMIUM,
      args: ["--no-sandbox", "--host-resolver-rules=MAP evil.example 127.0.0.1"],
    });
    const page = await bent.newPage();
    const answer = await page.goto(`http://evil.example:${port}/login`);
    expect(answer?.status()).toBe(403);
    await expect(page.getByText("wrong_host")).toBeVisible();
  } finally {
    await bent?.close();
  }
});
