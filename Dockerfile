# The image of qs-creds: Node.js, its production packages and src. docs/deployment.md says how to run it.
FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json LICENSE ./
COPY tools/env-file.js tools/require-node24.js tools/
COPY --from=packages /app/node_modules node_modules
COPY src src
# The only folder that is written, and only with SQLite. All else may be read-only.
RUN mkdir data && chown node:node data
USER node
VOLUME /app/data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Without npm: signals reach the process, and stdout is JSON alone.
CMD ["node", "--max-semi-space-size=2", "--import", "./tools/require-node24.js", "--import", "./tools/env-file.js", "src/main.ts"]
