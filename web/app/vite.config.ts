import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// Built files are committed: names without hashes would be cached wrongly, so
// hashes stay, and everything else that differs from run to run is off.
export default defineConfig({
  plugins: [react()],
  build: { outDir: 'dist', emptyOutDir: true, sourcemap: false, target: 'es2022', chunkSizeWarningLimit: 900, rollupOptions: { input: ['index.html', 'admin.html', 'desk.html', 'supervisor.html'] } },
  server: { proxy: { '/v1': { target: 'http://localhost:8080', ws: true } } },
})
