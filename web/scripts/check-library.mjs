/**
 * Is the library (dist, after `npm run build:lib`) of use to a school's app? Packs it as npm would publish it, puts it
 * into an app of a few lines with each supported React, checks its types, and builds it. Needs the npm registry.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const web = fileURLToPath(new URL("..", import.meta.url));
const { devDependencies } = JSON.parse(readFileSync(join(web, "package.json"), "utf8"));
const TOOLS = ["vite", "typescript"].map((name) => `${name}@${devDependencies[name]}`);
const REACTS = ["18", "19"];

const APP = `
import { createRoot } from "react-dom/client";
import { EarlyCache, SchoolChat, useUnreadCount, type Conversation } from "@classbridge/chat";
import "@classbridge/chat/style.css";

const early = new EarlyCache("https://chat.school.example", 7);
export const Badge = () => <b>{useUnreadCount()}</b>;
export const nameOf = (one: Conversation): string => one.name;
createRoot(document.body).render(
  <SchoolChat
    apiBase="https://chat.school.example"
    getToken={async (isRenewal: boolean) => String(isRenewal)}
    lastPersonId={7}
    early={early}
    locale="ru"
    theme="auto"
  />,
);
`;

const folder = mkdtempSync(join(tmpdir(), "classbridge-library-"));
try {
  const [{ filename, unpackedSize }] = JSON.parse(npm(web, "pack", "--json", "--pack-destination", folder));
  console.log(`${filename}: ${Math.round(unpackedSize / 1024)} KB unpacked`);
  for (const version of REACTS) tryWith(version, join(folder, filename));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function tryWith(version, tarball) {
  const app = join(folder, `react-${version}`);
  mkdirSync(app);
  writeFileSync(join(app, "package.json"), JSON.stringify({ private: true, type: "module" }));
  writeFileSync(join(app, "index.html"), '<!doctype html><script type="module" src="/app.tsx"></script>');
  writeFileSync(join(app, "app.tsx"), APP);
  const reacts = ["react", "react-dom", "@types/react", "@types/react-dom"].map(
    (name) => `${name}@${version}`,
  );
  npm(app, "install", "--ignore-scripts", "--no-audit", "--no-fund", tarball, ...reacts, ...TOOLS);
  const bin = (name, ...args) => run(app, join(app, "node_modules/.bin", name), ...args);
  const options = ["--strict", "--noEmit", "--jsx", "react-jsx", "--module", "esnext", "--target", "es2022"];
  bin("tsc", ...options, "--moduleResolution", "bundler", "--types", "vite/client", "app.tsx");
  bin("vite", "build", "--logLevel", "warn", "--minify", "false");
  look(version, join(app, "dist/assets"));
}

/** What the school's app would serve: a style sheet, the sound as a file, one React. */
function look(version, assets) {
  const names = readdirSync(assets);
  const scripts = names.filter((name) => name.endsWith(".js"));
  const text = scripts.map((name) => readFileSync(join(assets, name), "utf8")).join("\n");
  const faults = [
    ...(names.some((name) => /^ding.*\.wav$/.test(name)) ? [] : ["The sound is no file of its own."]),
    ...(names.some((name) => name.endsWith(".css")) ? [] : ["There is no style sheet."]),
    ...(text.includes("data:audio") ? ["The sound is in a script."] : []),
    ...(/Calling `require` for/.test(text) ? ["A script calls `require`, which browsers do not have."] : []),
  ];
  console.log(
    `React ${version}: ${scripts.length} scripts, ${faults.length === 0 ? "good" : faults.join(" ")}`,
  );
  if (faults.length > 0) process.exitCode = 1;
}

function npm(cwd, ...args) {
  return run(cwd, "npm", ...args);
}

function run(cwd, program, ...args) {
  return execFileSync(program, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}
