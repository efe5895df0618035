/** A school's app in a folder of its own, outside of ours: what the package does not bring, and does not name, is not there. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const WEB = dirname(import.meta.dirname);
/** What the app has by itself, with what these need. */
const REACT = ["react", "react-dom", "scheduler", "@types/react", "@types/react-dom", "csstype"];
/** Of older versions only. */
const OLDER = ["loose-envify", "js-tokens", "@types/prop-types"];

export interface School {
  folder: string;
  /** The package as it would be published. */
  package: Record<string, unknown>;
  packageFolder: string;
}

/** `from`: a folder with the React that the app is to have. */
export function foundSchool(from: string): School {
  const folder = mkdtempSync(join(process.env.SCHOOLS_FOLDER ?? tmpdir(), "classbridge-school-"));
  cpSync(join(import.meta.dirname, "app"), folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  for (const name of [...REACT, ...OLDER]) {
    const source = join(from, "node_modules", name);
    if (REACT.includes(name) || existsSync(source)) {
      cpSync(source, join(folder, "node_modules", name), { recursive: true });
    }
  }
  const packageFolder = join(folder, "node_modules/@classbridge/chat");
  mkdirSync(packageFolder, { recursive: true });
  const [packed] = JSON.parse(
    run(WEB, "npm", "pack", "--json", "--loglevel=error", "--pack-destination", folder),
  );
  run(folder, "tar", "-xzf", packed.filename, "--strip-components=1", "-C", packageFolder);
  return {
    folder,
    packageFolder,
    package: JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")),
  };
}

/**
 * Throws, with what the compiler says, where a type does not fit. The declarations of the package are looked at, too;
 * those that the compiler brings itself are not.
 */
export function checkTypes({ folder }: School): void {
  const options = ["--strict", "--skipDefaultLibCheck", "--noEmit", "--jsx", "react-jsx"];
  tool(
    folder,
    "tsc",
    ...options,
    "--module",
    "esnext",
    "--target",
    "es2022",
    "--moduleResolution",
    "bundler",
    "--types",
    join(WEB, "node_modules/vite/client"),
    "app.tsx",
  );
}

/** Gives the folder of what a browser would load. React is the one for development: it says what it does not like. */
export function buildSchool({ folder }: School): string {
  tool(folder, "vite", "build", "--logLevel", "error", "--minify", "false", "--mode", "development");
  return join(folder, "dist/assets");
}

function tool(cwd: string, name: string, ...args: string[]): string {
  return run(cwd, join(WEB, "node_modules/.bin", name), ...args);
}

function run(cwd: string, program: string, ...args: string[]): string {
  try {
    const env = { ...process.env, NODE_ENV: "development" };
    return execFileSync(program, args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(" ")}\n${stdout ?? ""}${stderr ?? ""}`, { cause: error });
  }
}
