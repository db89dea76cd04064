# One image for every process of a desk: the bot, a refresher, the Chroma server, any command.
# Everything that is installed is named with its hash in requirements.lock.
FROM python:3.11-slim-bookworm AS built
WORKDIR /source
COPY requirements.lock requirements-uv.lock ./
RUN python -m venv /desk && /desk/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md CHANGELOG.md LICENSE .env.example ./
COPY docs docs
COPY prompts prompts
COPY ingest ingest
COPY bot bot
RUN /desk/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps . && /desk/bin/python -m compileall -q /desk/lib

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin desk && install --directory --owner=desk --group=desk /data
COPY --from=built /desk /desk
ENV PATH=/desk/bin:$PATH \
    DATA_DIR=/data \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER desk
WORKDIR /data
VOLUME /data
HEALTHCHECK --interval=60s --timeout=30s --start-period=120s --retries=3 CMD ["election-desk", "doctor", "--quick"]
ENTRYPOINT ["election-desk"]
CMD ["run"]
