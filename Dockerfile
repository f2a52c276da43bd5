# syntax=docker/dockerfile:1

FROM node:20-slim AS build
WORKDIR /app
# No install script runs: the server needs none, and the embedded PostgreSQL of `npm start` is not part of the image.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json nest-cli.json ormconfig.ts ./
COPY src ./src
COPY tools ./tools
COPY bench ./bench
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:20-slim AS runtime
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=build --chown=root:root /app/package.json ./
COPY --from=build --chown=root:root /app/node_modules ./node_modules
COPY --from=build --chown=root:root /app/dist ./dist
# A volume that is mounted here belongs to the user below.
RUN install --directory --owner=1000 --group=1000 --mode=700 /var/lib/frontdesk/media
# The user `node`, by number, so that a cluster can check that it is not root.
USER 1000:1000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# node itself is process 1 and receives SIGTERM, on which it drains requests and jobs.
CMD ["node", "dist/src/main.js"]
