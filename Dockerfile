# The program with what a server needs; everything that it writes goes to /data, so the rest of the file system may be
# read-only:  docker run --read-only --tmpfs /tmp -v interviewer:/data -p 127.0.0.1:7860:7860 IMAGE
FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE CHANGELOG.md app.py ./
COPY interviewer interviewer
COPY rubrics rubrics
COPY prompts prompts
RUN python -m venv /opt/interviewer && /opt/interviewer/bin/pip install --no-cache-dir '.[server,documents]'

FROM python:3.12-slim
RUN useradd --uid 10001 --no-create-home --home-dir /data interviewer && install -d -m 700 -o interviewer /data
COPY --from=build /opt/interviewer /opt/interviewer
ENV PATH=/opt/interviewer/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/data \
    INTERVIEWER_DATA_DIR=/data \
    INTERVIEWER_HOST=0.0.0.0
USER interviewer
WORKDIR /data
VOLUME /data
EXPOSE 7860
HEALTHCHECK --start-period=30s --interval=30s --timeout=5s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/healthz', timeout=4)"]
ENTRYPOINT ["interviewer"]
CMD ["serve"]
