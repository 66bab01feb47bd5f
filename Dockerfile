FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PARLEY_DATA_DIR=/srv/data PARLEY_BIND=0.0.0.0
WORKDIR /srv/parley
COPY requirements.txt .
RUN pip install --quiet --require-hashes -r requirements.txt
COPY . .
# Collected while building: the container's own files are read-only. The key is for this step alone.
RUN SECRET_KEY=only-while-the-image-is-being-built python manage.py collectstatic --no-input --verbosity 0 \
    && rm -f /srv/data/secret_key && useradd --system --uid 10001 parley
USER 10001
EXPOSE 8000
CMD ["gunicorn", "--config", "config/gunicorn.py"]
