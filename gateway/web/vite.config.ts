import react from '@vitejs/plugin-react'
import { resolve } from 'node:path'
import { defineConfig } from 'vite'

const page = (name: string) => resolve(import.meta.dirname, name)

// Everything is one origin's own: the workers, the fonts, the styles. The gateway serves what stands in `outDir`.
export default defineConfig({
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    outDir: process.env.PAGES_FOLDER ?? '../commons_gateway/built',
    emptyOutDir: true,
    chunkSizeWarningLimit: 8000,
    rolldownOptions: { input: [page('index.html'), page('graphiql.html'), page('events.html')] },
  },
})
