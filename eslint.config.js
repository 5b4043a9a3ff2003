import js from "@eslint/js";
import globals from "globals";

export default [
  {
    ignores: [".venv/", ".wheel-env/", "build/", "dist/", "artifacts/", "tests/output/"],
  },
  js.configs.recommended,
  {
    rules: {
      eqeqeq: "error",
      "no-shadow": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  { files: ["mmrec_app/components/**"], languageOptions: { globals: globals.browser } },
  {
    files: ["mmrec_core/stories/templates/*.js"],
    languageOptions: { globals: globals.browser, sourceType: "script" },
  },
  { files: ["tests/frontend/**"], languageOptions: { globals: globals.node } },
];
