# The bridge alone: Synapse, PostgreSQL and Redis have images of their own, see docker-compose.yml.
FROM node:24-bookworm-slim AS web
WORKDIR /source
COPY web web
# Not `npm ci`: see scripts/npm.
RUN cd web && npm install --no-save --ignore-scripts --no-audit --no-fund && npm run build

FROM python:3.11-slim-bookworm AS build
WORKDIR /source
COPY requirements.lock pyproject.toml setup.py README.md LICENSE ./
COPY bridge bridge
COPY synapse synapse
COPY --from=web /source/bridge/api/page bridge/api/page
RUN python -m venv /opt/classbridge \
    && /opt/classbridge/bin/pip install --no-cache-dir --disable-pip-version-check --constraint requirements.lock .

FROM python:3.11-slim-bookworm
COPY --from=build /opt/classbridge /opt/classbridge
ENV PATH=/opt/classbridge/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CLASSBRIDGE_CONFIG=/etc/classbridge/config.yaml
RUN useradd --system --uid 10001 --no-create-home classbridge
USER 10001
EXPOSE 8000
# SIGTERM: finish what is under way, tell the sockets to reconnect, end.
CMD ["classbridge", "serve"]
