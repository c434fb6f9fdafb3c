// Builds what a customer's browser is sent: the loader a shop's page carries, the panel inside the frame with its
// texts (which the server puts into the page of the frame), the page of privacy choices, and the picture under the greeting.
// Usage: node build.mjs [folder]. The output is committed, so that nobody who installs Opieka needs node.
import { build } from "esbuild";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ridge } from "./ridge.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const output = process.argv[2] ?? join(here, "../opieka/portal/static/opieka/widget");

await build({
  absWorkingDir: here,
  entryPoints: {
    w: "src/loader.ts",
    panel: "src/panel/main.tsx",
    privacy: "src/privacy/main.ts",
  },
  outdir: output,
  bundle: true,
  charset: "utf8",
  format: "iife",
  jsxFactory: "h",
  jsxFragment: "Fragment",
  legalComments: "none",
  logLevel: "warning",
  minify: true,
  target: ["es2022"],
  // Classic scripts of ours have no need of the prologue that "alwaysStrict" would add.
  tsconfigRaw: {},
});
await build({
  absWorkingDir: here,
  entryPoints: { panel: "src/panel/panel.css", privacy: "src/privacy/privacy.css" },
  outdir: output,
  bundle: true,
  charset: "utf8",
  external: ["*.woff2"],
  logLevel: "warning",
  minify: true,
  target: ["chrome111", "firefox113", "safari16.4"],
});
writeFileSync(join(output, "ridge.svg"), ridge());
for (const language of ["pl", "en"]) {
  const { outputFiles } = await build({
    absWorkingDir: here,
    entryPoints: [`src/texts/${language}.ts`],
    bundle: true,
    charset: "utf8",
    format: "esm",
    write: false,
  });
  const { texts } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
  writeFileSync(join(output, `texts.${language}.json`), `${JSON.stringify(texts, null, 1)}\n`);
}
