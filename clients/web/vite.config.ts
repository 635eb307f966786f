import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** Widely there since 2024: `light-dark()`, `:dir()`, module workers. */
const BROWSERS = ['chrome123', 'firefox121', 'safari17.5'];

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  clearScreen: false,
  resolve: {
    alias: {
      react: 'preact/compat',
      'react-dom': 'preact/compat',
      'react/jsx-runtime': 'preact/jsx-runtime',
    },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es', rollupOptions: { output: { entryFileNames: 'assets/[name]-[hash].js' } } },
  build: {
    target: BROWSERS,
    // A file each: what is inlined as data: the policy would have to allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: false,
    rollupOptions: {
      checks: { pluginTimings: false },
      // `"use client"` is for frameworks that render on a server.
      onwarn: (warning, tell) => {
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') tell(warning);
      },
    },
  },
  // `npx vite clients/web`: the app as it is edited, against a server on 8080.
  server: {
    proxy: {
      '/ws': { target: 'ws://localhost:8080', ws: true },
      '^/(server|register|login|logout|token|password|media)(/|$)': 'http://localhost:8080',
    },
  },
});
