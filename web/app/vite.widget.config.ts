import { defineConfig } from 'vite'

// The widget is one classic script, for any page: no modules, no second file. It is built
// beside the pages, into the same folder.
export default defineConfig({
  publicDir: false,
  build: {
    outDir: 'dist', emptyOutDir: false, sourcemap: false, target: 'es2020', cssTarget: 'chrome87',
    rollupOptions: { input: 'widget/main.ts', output: { format: 'iife', entryFileNames: 'widget.js', inlineDynamicImports: true } },
  },
})
