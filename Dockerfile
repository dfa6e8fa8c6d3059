# The API: built with everything, shipped with what it runs on.
#
#     docker build -t larder .
#     docker run --init -p 127.0.0.1:4000:4000 -v larder:/app/.larder larder
#
# As it stands it keeps its data in the embedded database, in the volume; with DATABASE_URL and REDIS_URL, where they say.

FROM node:20-bookworm-slim AS build
WORKDIR /app
# Before the sources: as long as these are the same, the packages are not installed anew.
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build
RUN npm prune --omit=dev
# Where the embedded database goes; the image below runs no command to make it.
RUN mkdir .larder

FROM node:20-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY package.json ./
COPY schema schema
COPY drizzle drizzle
COPY --from=build /app/dist dist
# Everything else belongs to root: what answers requests cannot change what it runs.
COPY --from=build --chown=node:node /app/.larder .larder
USER node
EXPOSE 4000
# Graceful: not ready any more, answers for SHUTDOWN_DELAY_MS, finishes what is under way, then exit code 0.
STOPSIGNAL SIGTERM
# Ready, not only alive: database reachable, schema up to date.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "dist/cli.js", "health"]
CMD ["node", "--enable-source-maps", "dist/main.js"]
